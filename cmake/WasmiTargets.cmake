# Interface targets and helper functions used by the root CMakeLists.txt.

# Warnings: linked PRIVATE only, so that they never reach a consumer.
add_library(wasmi_warnings INTERFACE)
target_compile_options(wasmi_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wcast-qual -Wold-style-cast -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's plain -Wshadow objects to scoped enumerators that are named like a type (i8, i16).
    # Its -Wrestrict misreads std::string concatenation (GCC bug 105651).
    target_compile_options(wasmi_warnings INTERFACE -Wshadow=local -Wno-restrict)
else()
    target_compile_options(wasmi_warnings INTERFACE -Wshadow)
endif()
if(WASMI_WERROR)
    target_compile_options(wasmi_warnings INTERFACE -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Guesses of the optimiser: worth reading, not worth a broken build.
        target_compile_options(wasmi_warnings INTERFACE
            -Wno-error=array-bounds -Wno-error=dangling-pointer -Wno-error=maybe-uninitialized
            -Wno-error=stringop-overflow -Wno-error=stringop-overread)
    endif()
endif()

# What the library and the tests share: private headers and the build's choices as macros.
add_library(wasmi_internal INTERFACE)
target_include_directories(wasmi_internal INTERFACE
    "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}")
string(TOUPPER "${WASMI_DISPATCH_MODE}" wasmi_dispatch_upper)
target_compile_definitions(wasmi_internal INTERFACE
    WASMI_DISPATCH_${wasmi_dispatch_upper}=1
    WASMI_ASSERTIONS=$<BOOL:${WASMI_ASSERTIONS}>)

find_package(Threads REQUIRED)
target_link_libraries(wasmi_internal INTERFACE Threads::Threads)

# Everything that runs lands in <build>/bin, everything that links in <build>/lib.
if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
    set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
endif()

# wasmi_handler_flags(FILE...): code generation of the files that hold executor handlers. Called in
# the section of src/core/executor. In tail mode these files are optimised in every build type
# (a tail call that is not one eats the native stack) and never instrumented; in loop mode they
# are compiled like any other file, but never without optimisation: thousands of templates that
# are not inlined take long to compile. Slow builds of the loop keep calls as calls, so that the
# tests run what a compiler without tail calls makes. GCC calls libm for f64.sqrt without
# -fno-math-errno, and a protected stack frame would put a prologue into each handler. Tail handlers
# have no frames, so that unwind tables would tell nothing in 700 KB.
function(wasmi_handler_flags)
    if(NOT ARGN)
        return()
    endif()
    set(flags -fno-math-errno)
    if(WASMI_DISPATCH_MODE STREQUAL "tail")
        list(APPEND flags -O3 -foptimize-sibling-calls -fno-stack-protector -fomit-frame-pointer
                          -falign-functions=32 -fno-lto -fno-function-sections
                          -fno-asynchronous-unwind-tables)
        if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
            list(APPEND flags -fcf-protection=none)
        endif()
        if(WASMI_SANITIZE)
            list(APPEND flags -fno-sanitize=all)
        endif()
        if(WASMI_FUZZ)
            list(APPEND flags -fno-sanitize=fuzzer-no-link)
        endif()
        if(WASMI_COVERAGE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
            list(APPEND flags -fno-profile-instr-generate -fno-coverage-mapping)
        endif()
    elseif(wasmi_slow_build)
        list(APPEND flags -fno-optimize-sibling-calls)
        if(CMAKE_BUILD_TYPE STREQUAL "Debug")
            list(APPEND flags -O1)
        endif()
    endif()
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${flags}")
    set_property(GLOBAL APPEND PROPERTY WASMI_HANDLER_FILES ${ARGN})
endfunction()

# wasmi_threaded_code(FILE...): code whose pieces each end in a computed goto of their own. From
# LLVM 19 on one jump for all is made of them where they are more than 16, and vectors of neighbouring
# variables that belong into registers.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_FLAGS "-mllvm -tail-dup-pred-size=1000")
check_cxx_source_compiles("int main() {}" WASMI_HAVE_TAIL_DUP_SIZE)
unset(CMAKE_REQUIRED_FLAGS)
function(wasmi_threaded_code)
    set(flags "")
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        list(APPEND flags -fno-slp-vectorize)
        if(WASMI_HAVE_TAIL_DUP_SIZE)
            list(APPEND flags -mllvm -tail-dup-pred-size=1000)
        endif()
    endif()
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS "${flags}")
endfunction()

# wasmi_finish_library(): properties of wasmi::wasmi and, for a shared library, of its objects.
function(wasmi_finish_library)
    target_compile_features(wasmi PUBLIC cxx_std_20)
    target_link_libraries(wasmi PUBLIC Threads::Threads)
    set_target_properties(wasmi PROPERTIES
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
        VERIFY_INTERFACE_HEADER_SETS ON
        INTERFACE_HEADER_SETS_TO_VERIFY HEADERS
        LINKER_LANGUAGE CXX)
    if(BUILD_SHARED_LIBS)
        set_target_properties(wasmi_core PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_link_options(wasmi PRIVATE -Wl,--gc-sections)
        wasmi_pack_relocations(wasmi)
    endif()
endfunction()

# wasmi_small_code(FILE...): files whose size matters more than their speed.
function(wasmi_small_code)
    set_property(SOURCE ${ARGN} APPEND PROPERTY
        COMPILE_OPTIONS "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:$<IF:$<CXX_COMPILER_ID:Clang>,-Oz,-Os>>")
endfunction()

# wasmi_tool(TARGET): settings of a command-line program. The C++ runtime is linked in because
# loading it takes longer than a short guest runs. The tables of handlers are thousands of relative
# relocations: packed they take a twentieth of the space.
include(CheckLinkerFlag)
check_linker_flag(CXX "-Wl,-z,pack-relative-relocs" WASMI_HAVE_PACKED_RELOCATIONS)
function(wasmi_tool target)
    target_link_libraries(${target} PRIVATE wasmi_warnings)
    get_target_property(files ${target} SOURCES)
    wasmi_small_code(${files})
    if(NOT wasmi_instrumentation)
        target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
        wasmi_pack_relocations(${target})
    endif()
endfunction()

function(wasmi_pack_relocations target)
    if(WASMI_HAVE_PACKED_RELOCATIONS)
        target_link_options(${target} PRIVATE "-Wl,-z,pack-relative-relocs")
    endif()
endfunction()

# wasmi_example(NAME REGEX): examples/NAME.cpp as the program example-NAME; its output must match.
function(wasmi_example name regex)
    add_executable(example-${name} "${PROJECT_SOURCE_DIR}/examples/${name}.cpp")
    target_link_libraries(example-${name} PRIVATE wasmi::wasmi wasmi_warnings)
    if(WASMI_BUILD_TESTS)
        add_test(NAME example.${name} COMMAND example-${name})
        set_tests_properties(example.${name} PROPERTIES PASS_REGULAR_EXPRESSION "${regex}"
                                                        LABELS example TIMEOUT 60)
    endif()
endfunction()

# wasmi_discover_tests(TARGET [LABEL]): every GoogleTest case becomes a ctest test.
function(wasmi_discover_tests target)
    set(label unit)
    if(ARGC GREATER 1)
        set(label "${ARGV1}")
    endif()
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
        PROPERTIES LABELS ${label} TIMEOUT 300)
endfunction()

# wasmi_add_fuzzer(NAME SOURCE...): a libFuzzer program that sees the private headers.
function(wasmi_add_fuzzer name)
    add_executable(${name} ${ARGN})
    target_link_libraries(${name} PRIVATE wasmi_core wasmi_internal wasmi_warnings)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY WASMI_FUZZERS ${name})
endfunction()

# wasmi_finish_fuzzers(): the target wasmi_fuzzers builds them all; fuzzers.txt names them.
function(wasmi_finish_fuzzers)
    get_property(fuzzers GLOBAL PROPERTY WASMI_FUZZERS)
    add_custom_target(wasmi_fuzzers DEPENDS ${fuzzers})
    list(JOIN fuzzers "\n" lines)
    file(WRITE "${PROJECT_BINARY_DIR}/fuzzers.txt" "${lines}\n")
endfunction()
