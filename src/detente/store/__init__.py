"""What is kept: shards as Parquet, original bytes, the DuckDB file rebuilt from them, exports."""
