# Install rules: library, headers, CMake package `wasmi` with target wasmi::wasmi, pkg-config file.
install(TARGETS wasmi EXPORT wasmi-targets FILE_SET HEADERS)
