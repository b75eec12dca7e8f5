import tensorflow as tf

cells = [tf.keras.layers.LSTMCell(7), tf.keras.layers.GRUCell(5)]
both = [tf.keras.layers.GRUCell(3), tf.keras.layers.SimpleRNNCell(2)]
steps = tf.keras.Input((11, 3))
sequence, *states = tf.keras.layers.RNN(cells, return_sequences=True, return_state=True)(steps)
sequence = tf.keras.layers.Bidirectional(tf.keras.layers.RNN(tf.keras.layers.StackedRNNCells(both)))(sequence)
model = tf.keras.Model(steps, [sequence, *states])
