#include "samples/version.h"

#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>
#include <zlib.h>

#include <string_view>

#include "isp/io/raw_file.h"
#include "models/runtime/cpu.h"

#define ARGENT_TEXT_(x) #x
#define ARGENT_TEXT(x) ARGENT_TEXT_(x)

namespace argent {
namespace {

/// libtiff answers "LIBTIFF, Version 4.5.0" and a copyright notice.
std::string tiff_version() {
  const std::string_view text = TIFFGetVersion();
  const std::string_view line = text.substr(0, text.find('\n'));
  return std::string(line.substr(line.rfind(' ') + 1));
}

}  // namespace

std::string version_text() {
  std::string text = "argent " ARGENT_VERSION "\n";
  text += raw_library_version() + "\n";
  text += "libtiff " + tiff_version() + "\n";
  text += std::string("libpng ") + png_get_libpng_ver(nullptr) + "\n";
  text += "libjpeg-turbo " ARGENT_TEXT(LIBJPEG_TURBO_VERSION) "\n";
  text += std::string("zlib ") + zlibVersion() + "\n";
#ifdef ARGENT_YAML_CPP_VERSION
  text += "yaml-cpp " ARGENT_YAML_CPP_VERSION "\n";
#endif
  text += "Halide " ARGENT_HALIDE_VERSION " (kernels compiled ahead of time)\n";
  const CpuTarget cpu = cpu_target_from_environment();
  text += "CPU target: " + std::string(name_of(cpu));
  if (cpu != best_cpu_target()) text += " (this machine could run " + std::string(name_of(best_cpu_target())) + ")";
  return text + "\n";
}

}  // namespace argent
