# Installs a finished build into a scratch prefix and builds a consumer in three ways.
# Called with -D: BUILD SOURCE COMPILER FLAGS GENERATOR LIBDIR VERSION.

set(scratch "${BUILD}/install-test")
set(prefix "${scratch}/prefix")
set(consumer_source "${SOURCE}/tests/install/consumer")
file(REMOVE_RECURSE "${scratch}")
file(MAKE_DIRECTORY "${scratch}")

# run(COMMAND...): output in `out`; anything but exit code 0 fails the test.
macro(run)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE out ERROR_VARIABLE out RESULT_VARIABLE result
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "failed: ${ARGN}\n${out}")
    endif()
endmacro()

macro(expect_version program)
    run("${program}")
    if(NOT out STREQUAL VERSION)
        message(FATAL_ERROR "${program} printed '${out}', expected '${VERSION}'")
    endif()
endmacro()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}.first")
# The installed tree must not remember where it was.
file(RENAME "${prefix}.first" "${prefix}")

# 1. find_package
run("${CMAKE_COMMAND}" -S "${consumer_source}" -B "${scratch}/find-package" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_PREFIX_PATH=${prefix}")
run("${CMAKE_COMMAND}" --build "${scratch}/find-package")
expect_version("${scratch}/find-package/consumer")

# 2. pkg-config
find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
    set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
    run("${PKG_CONFIG}" --modversion wasmi)
    if(NOT out STREQUAL VERSION)
        message(FATAL_ERROR "wasmi.pc says version ${out}, expected ${VERSION}")
    endif()
    run("${PKG_CONFIG}" --static --cflags --libs wasmi)
    separate_arguments(package UNIX_COMMAND "${out}")
    separate_arguments(flags UNIX_COMMAND "${FLAGS}")
    run("${COMPILER}" -std=c++20 ${flags} "${consumer_source}/main.cpp"
        "${consumer_source}/other.cpp" ${package} "-Wl,-rpath,${prefix}/${LIBDIR}"
        -o "${scratch}/consumer-pkg-config")
    expect_version("${scratch}/consumer-pkg-config")
else()
    message(STATUS "pkg-config not found: wasmi.pc not tried")
endif()

# 3. add_subdirectory: configured only, because building the library again would say nothing new.
run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/install/subproject" -B "${scratch}/subproject"
    -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DWASMI_SOURCE=${SOURCE}")
