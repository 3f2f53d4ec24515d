"""Files in: tables into debtors, invoices and credits, every row accounted for."""
