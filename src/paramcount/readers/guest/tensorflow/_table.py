"""The tables of the functions that tensorflow and tensorflow.nn have here."""

from keras._ops.table import offering

TF = {}
NN = {}
tf = offering(TF)
nn = offering(NN)
