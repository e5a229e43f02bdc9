print("arrayd")
