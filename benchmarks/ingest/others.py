"""python others.py LIBRARY PATH COLUMNS: reads the file once with its text columns as a dictionary and
codes, and prints the rows, the seconds and the most memory that the process ever had; or "absent"."""

import json
import re
import sys
import time

library, path, columns = sys.argv[1:4]
texts = [f"c{i}" for i in range(26)]
wanted = texts + ([f"n{i}" for i in range(13)] + ["label"] if columns == "all" else [])
parquet = path.endswith(".parquet")

try:
    if library == "pandas":
        import pandas
    if library == "polars":
        import polars
    if library == "pyarrow" or (library == "pandas" and parquet):
        import pyarrow
        import pyarrow.csv
        import pyarrow.parquet
except ImportError:
    print("absent")
    sys.exit()

begin = time.perf_counter()
if library == "pandas":
    if parquet:
        frame = pandas.read_parquet(path, columns=wanted)
        frame = frame.astype({name: "category" for name in texts})
    else:
        frame = pandas.read_csv(path, usecols=wanted, dtype={name: "category" for name in texts})
    version, rows = pandas.__version__, len(frame)
elif library == "polars":
    if parquet:
        frame = polars.scan_parquet(path)
    else:
        frame = polars.scan_csv(path, schema_overrides={name: polars.String for name in texts})
    frame = frame.select([polars.col(n).cast(polars.Categorical) if n in texts else polars.col(n) for n in wanted])
    frame = frame.collect()
    version, rows = polars.__version__, len(frame)
else:
    if parquet:
        table = pyarrow.parquet.read_table(path, columns=wanted, read_dictionary=texts)
    else:
        kind = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        options = pyarrow.csv.ConvertOptions(include_columns=wanted, column_types={n: kind for n in texts})
        table = pyarrow.csv.read_csv(path, convert_options=options)
    # One dictionary for the whole column, as the others have.
    table = table.unify_dictionaries().combine_chunks()
    version, rows = pyarrow.__version__, len(table)
seconds = time.perf_counter() - begin
peak = re.search(r"VmHWM:\s*(\d+) kB", open("/proc/self/status").read())
print(json.dumps({"numRows": rows, "seconds": seconds, "peakMiB": int(peak[1]) / 1024, "version": version}))
