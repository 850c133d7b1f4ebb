# setup.sh - sourced by demo.sh and test.sh: install what is missing from Debian's packages.
#
# need PACKAGE...   makes sure that these are installed; uses sudo when not root.

need() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return 0

    echo "installing from Debian's packages:$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        echo "these packages are missing, and only root can install them:$missing" >&2
        echo "ask your administrator for: apt-get install$missing" >&2
        return 1
    fi
    # shellcheck disable=SC2086  # the list is meant to split
    $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing >/dev/null
}

need_to_build() {
    need gcc libc6-dev cmake ninja-build pkg-config libxml2-dev libyaml-dev libgsl-dev \
        libhdf5-dev libplplot-dev plplot-driver-cairo libcairo2-dev fonts-dejavu-core
}

need_to_test() {
    need_to_build && need libcunit1-dev python3 python3-h5py python3-xarray python3-h5netcdf \
        openmpi-bin libopenmpi-dev
}
