"""What people do to cases: each act is one transaction, keyword-only, and leaves its log row."""
