"""What a debtor would get, made for the eyes of those who write policies and templates."""
