"""The results file as Python users open it: h5py, xarray on h5netcdf, and the examples of the
documentation. Arguments: the file that test_results left, and docs/results.md."""

import os
import re
import shutil
import sys
import tempfile

try:
    import h5netcdf  # noqa: F401 (the engine)
    import h5py
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(1 if os.environ.get("GENU_TEST_REQUIRE_REFERENCE") else 77)

MUSCLES = ["glmed1_r", "glmin1_r", "fessier_entier_é"]


def check_h5py(path):
    with h5py.File(path) as f:
        assert f.attrs["format"] == "genu results"
        assert f.attrs["format_version"] == 1
        assert f.attrs["body_weight"] == 735.49875
        assert f.attrs["command_line"] == "genu sweep caf\\xE9/study.yaml"
        assert f.attrs["settings"] == ""
        assert {"scenario", "side", "frame", "axis", "muscle", "coordinate", "strength_1"} <= set(f)
        for name, data in f.items():
            assert isinstance(data.attrs["units"], str), name
            assert isinstance(data.attrs["long_name"], str), name
            assert len(name) < 40, name
            for axis in range(data.ndim):
                if not h5py.h5ds.is_scale(data.id):
                    assert len(data.dims[axis]) == 1, f"axis {axis} of {name} has no scale"
        force = f["knee_medial_force"]
        assert force.shape == (4, 2, 11) and force.dtype == np.float64
        assert [d[0].name for d in force.dims] == ["/scenario", "/side", "/frame"]
        assert f["status"].dtype == np.int32
        assert list(f["muscle"].asstr()) == MUSCLES


def check_xarray(path):
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        assert dict(ds.sizes) == dict(
            scenario=4, side=2, frame=11, axis=3, muscle=3, coordinate=2, reaction=1
        )
        force = ds["knee_medial_force"]
        assert force.dims == ("scenario", "side", "frame")
        assert force.attrs["units"] == "N" and "medial" in force.attrs["long_name"]
        assert set(force.coords) >= {"time", "cycle", "stance", "strength_1", "strength_2", "side"}
        assert ds["strength_1"].attrs["muscles"] == "glmed1_r"
        assert np.issubdtype(ds["time"].dtype, np.floating), "seconds stay numbers"
        assert np.isnan(ds["stance"].values).any()
        assert ds["status"].dtype == np.int32, "integers without gaps stay integers"
        assert ds["muscle"].values.tolist() == MUSCLES
        with h5py.File(path) as f:
            one = ds["muscle_force"].sel(muscle=MUSCLES[2]).isel(scenario=1, frame=5)
            assert one == f["muscle_force"][1, 2, 5]
            one = force.sel(side="left", scenario=2, frame=7)
            assert one == f["knee_medial_force"][2, 1, 7]
            one = ds["ground_force"].sel(side="right", axis="y", frame=0)
            assert one == f["ground_force"][0, 1, 0]
        strong = force.where((ds.strength_1 == 1) & (ds.strength_2 == 1), drop=True)
        assert strong.scenario.values.tolist() == [3]
        ds.load()


def check_gaps(path):
    """Integers with something missing, and a number without dimensions."""
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        assert np.isnan(ds["whole"].values[[1, 3, 4]]).all() and ds["whole"].values[2] == -2
        assert ds["full"].dtype == np.int32
        assert ds["single"].ndim == 0 and ds["single"] == 7
        assert ds["x"].attrs["units"] == "m"


def check_partial(path):
    """After Ctrl-C: only the finished scenarios."""
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        assert ds.sizes["scenario"] == 3
        assert all(v.sizes["scenario"] == 3 for v in ds.values() if "scenario" in v.dims)
        ds.load()


def check_examples(path, documentation):
    """Every python block of the documentation, each by itself."""
    with open(documentation, encoding="utf-8") as f:
        blocks = re.findall(r"```python\n(.*?)```", f.read(), re.S)
    assert len(blocks) >= 3, "the documentation has lost its examples"
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, os.path.join(folder, "abductor_strength.h5"))
        os.chdir(folder)
        try:
            for block in blocks:
                exec(compile(block, documentation, "exec"), {})
        finally:
            os.chdir(here)


def main():
    path, documentation = sys.argv[1:]
    folder = os.path.dirname(path)
    check_h5py(path)
    check_xarray(path)
    check_gaps(os.path.join(folder, "gaps.h5"))
    check_partial(os.path.join(folder, "out.partial.h5"))
    check_examples(path, documentation)
    print("the results file opens in h5py and xarray")


main()
