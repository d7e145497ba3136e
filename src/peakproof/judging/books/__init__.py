"""What the judge keeps in mind while it reads a history: stock, orders, sales, calls, reports."""
