// placeholder while the house is being set up
