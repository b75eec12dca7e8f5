"""The formats that are read: one file or package each, which is called as its format and offers its `READER`."""
