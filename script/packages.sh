# Sourced by the scripts beside it: installs what is missing from Debian.

# need PACKAGE…: says what is missing, and installs it as root or with sudo.
need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing from Debian: ${missing[*]}" >&2
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "Neither root nor sudo: please install ${missing[*]} and run this again." >&2
            exit 3
        }
        root=(sudo)
    fi
    "${root[@]}" apt-get update -qq &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends "${missing[@]}" >/dev/null || {
        echo "apt-get failed; install ${missing[*]} by hand and run this again." >&2
        exit 3
    }
}

# What every build needs.
need_to_build() {
    command -v swift >/dev/null || {
        echo "Swift 6.3 is missing: see https://www.swift.org/install" >&2
        exit 3
    }
    need pkg-config libsodium-dev libsqlite3-dev
}

# What the tests need as well.
need_to_test() {
    need_to_build
    need age minisign sqlite3 python3 valgrind xz-utils gcc libc6-dev golang-go golang-golang-x-mod-dev
    need postgresql-15 pgbouncer libpq-dev python3-jsonschema bindfs
}
