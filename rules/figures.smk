def figures():
    return []
