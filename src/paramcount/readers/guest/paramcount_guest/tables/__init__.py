"""What real torch has, as data made from it."""
