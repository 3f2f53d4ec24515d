"""What the law fixes, as dated and sourced data: rates of interest, articles that may be cited."""
