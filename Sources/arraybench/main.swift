print("arraybench")
