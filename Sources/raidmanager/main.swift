print("raidmanager")
