int fakeLtMajor(void) { return MAJOR; }
