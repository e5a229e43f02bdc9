print("horcmd")
