"""Every published count of an edition once, and what adds up to what."""
