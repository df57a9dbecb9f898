# What argent::argent links besides the kernels. Used by this build and, installed, by ArgentConfig.cmake: each defines
# argent_dependency() in its own way, because one may stop the configuration and the other must only report.
argent_dependency(Threads)
argent_dependency(ZLIB)
argent_dependency(TIFF)
argent_dependency(PNG)
argent_dependency(JPEG)
argent_dependency(OpenEXR)
argent_dependency(PkgConfig)
argent_dependency(yaml-cpp)

# yaml-cpp 0.8 (Debian 13) has a namespace, 0.7 (Debian 12) has none.
set(ARGENT_YAML_CPP yaml-cpp)
if(TARGET yaml-cpp::yaml-cpp)
  set(ARGENT_YAML_CPP yaml-cpp::yaml-cpp)
endif()

pkg_check_modules(argent_lcms2 REQUIRED QUIET IMPORTED_TARGET lcms2)
pkg_check_modules(argent_exif REQUIRED QUIET IMPORTED_TARGET libexif)

# The reentrant LibRaw. Its .pc file asks for -fopenmp, which would bring clang's users a second OpenMP runtime: only the version is taken.
if(NOT TARGET argent::raw)
  pkg_check_modules(argent_libraw REQUIRED QUIET libraw_r>=0.20)
  find_library(ARGENT_RAW_LIBRARY raw_r REQUIRED)
  find_path(ARGENT_RAW_INCLUDE_DIR libraw/libraw.h REQUIRED)
  mark_as_advanced(ARGENT_RAW_LIBRARY ARGENT_RAW_INCLUDE_DIR)
  add_library(argent::raw UNKNOWN IMPORTED)
  set_target_properties(argent::raw PROPERTIES
    IMPORTED_LOCATION ${ARGENT_RAW_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${ARGENT_RAW_INCLUDE_DIR})
endif()

# Its .pc file asks for GLib's headers, of which lensfun's own needs none.
if(NOT TARGET argent::lensfun)
  find_library(ARGENT_LENSFUN_LIBRARY lensfun REQUIRED)
  find_path(ARGENT_LENSFUN_INCLUDE_DIR lensfun/lensfun.h REQUIRED)
  mark_as_advanced(ARGENT_LENSFUN_LIBRARY ARGENT_LENSFUN_INCLUDE_DIR)
  add_library(argent::lensfun UNKNOWN IMPORTED)
  set_target_properties(argent::lensfun PROPERTIES
    IMPORTED_LOCATION ${ARGENT_LENSFUN_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${ARGENT_LENSFUN_INCLUDE_DIR})
endif()
