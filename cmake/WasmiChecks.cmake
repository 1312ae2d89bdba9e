# Tests that look at the repository instead of running the library: layers, format, links of the
# documents, public headers, machine code of the handlers, and installation.

function(wasmi_add_check name)
    add_test(NAME check.${name} COMMAND Python3::Interpreter ${ARGN} COMMAND_EXPAND_LISTS)
    set_tests_properties(check.${name} PROPERTIES LABELS check TIMEOUT 300)
endfunction()

set(wasmi_check_tools "${PROJECT_SOURCE_DIR}/tools")
wasmi_add_check(layers "${wasmi_check_tools}/check_layers.py")
wasmi_add_check(doc_code "${wasmi_check_tools}/check_doc_code.py")
wasmi_add_check(doc_links "${wasmi_check_tools}/check_doc_links.py")
wasmi_add_check(tools "${PROJECT_SOURCE_DIR}/tests/integration/tools_test.py")

find_program(WASMI_CLANG_FORMAT NAMES clang-format-14)
if(WASMI_CLANG_FORMAT)
    wasmi_add_check(format "${wasmi_check_tools}/check_format.py")
else()
    message(STATUS "clang-format-14 not found: no format test")
endif()

# Public headers: each compiles alone and twice, as part of the build; the test looks at the text.
get_target_property(wasmi_headers wasmi HEADER_SET)
get_target_property(wasmi_tables wasmi HEADER_SET_tables)
wasmi_add_check(headers "${wasmi_check_tools}/check_headers.py" "${PROJECT_SOURCE_DIR}/include"
    ${wasmi_headers} ${wasmi_tables})
add_library(wasmi_header_checks OBJECT)
target_link_libraries(wasmi_header_checks PRIVATE wasmi_warnings)
target_include_directories(wasmi_header_checks PRIVATE "${PROJECT_SOURCE_DIR}/include")
foreach(header IN LISTS wasmi_headers)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/include"
        OUTPUT_VARIABLE name)
    string(MAKE_C_IDENTIFIER "${name}" stem)
    set(source "${PROJECT_BINARY_DIR}/header_checks/${stem}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${name}>\n#include <${name}>\n" @ONLY)
    target_sources(wasmi_header_checks PRIVATE "${source}")
endforeach()

# Machine code of the handlers: only where dispatch is by tail calls.
get_property(wasmi_handler_files GLOBAL PROPERTY WASMI_HANDLER_FILES)
if(wasmi_handler_files AND WASMI_DISPATCH_MODE STREQUAL "tail"
        AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    list(TRANSFORM wasmi_handler_files REPLACE "^.*/" "" OUTPUT_VARIABLE wasmi_handler_names)
    list(TRANSFORM wasmi_handler_names REPLACE "\\." "\\\\." OUTPUT_VARIABLE wasmi_handler_names)
    list(JOIN wasmi_handler_names "|" wasmi_handler_regex)
    set(wasmi_handler_objects
        "$<FILTER:$<TARGET_OBJECTS:wasmi_core>,INCLUDE,/(${wasmi_handler_regex})\\.o$>")
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        set(wasmi_handler_options --many-jumps --may-spill "heavy_run$" --spill-share 0.08)
    else()  # a few long runs save a register where an access is out of bounds
        set(wasmi_handler_options --may-spill "heavy_run$" --spill-share 0.001)
    endif()
    wasmi_add_check(handlers "${wasmi_check_tools}/check_handlers.py" ${wasmi_handler_options}
        "${wasmi_handler_objects}")
endif()

# Installation: find_package, pkg-config and add_subdirectory, from the library already built.
if(WASMI_INSTALL AND NOT CMAKE_CROSSCOMPILING)
    list(JOIN wasmi_instrumentation " " wasmi_consumer_flags)
    add_test(NAME check.install COMMAND ${CMAKE_COMMAND}
        "-DBUILD=${PROJECT_BINARY_DIR}" "-DSOURCE=${PROJECT_SOURCE_DIR}"
        "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DFLAGS=${CMAKE_CXX_FLAGS} ${wasmi_consumer_flags}"
        "-DGENERATOR=${CMAKE_GENERATOR}" "-DLIBDIR=${CMAKE_INSTALL_LIBDIR}"
        "-DVERSION=${PROJECT_VERSION}" -P "${PROJECT_SOURCE_DIR}/tests/install/run.cmake")
    set_tests_properties(check.install PROPERTIES LABELS check TIMEOUT 300)
endif()
