# Install rules: library, headers, tools, CMake package `wasmi` with the target wasmi::wasmi, and a
# pkg-config file. Everything is found relative to the installed files, so the prefix may move.
include(CMakePackageConfigHelpers)

install(TARGETS wasmi EXPORT wasmi-targets FILE_SET HEADERS FILE_SET tables)
if(WASMI_BUILD_TOOLS)
    install(TARGETS wasmi-run)
endif()

set(wasmi_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/wasmi")
install(EXPORT wasmi-targets NAMESPACE wasmi:: DESTINATION "${wasmi_package_dir}")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/wasmi-config.cmake.in"
    "${PROJECT_BINARY_DIR}/wasmi-config.cmake" INSTALL_DESTINATION "${wasmi_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/wasmi-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/wasmi-config.cmake"
              "${PROJECT_BINARY_DIR}/wasmi-config-version.cmake"
        DESTINATION "${wasmi_package_dir}")

cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE wasmi_pc_prefix)
configure_file("${CMAKE_CURRENT_LIST_DIR}/wasmi.pc.in" "${PROJECT_BINARY_DIR}/wasmi.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/wasmi.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
