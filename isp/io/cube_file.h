// isp/io/cube_file.h - 3D tables as colorists pass them round: .cube files.
#pragma once

#include <filesystem>
#include <string_view>

#include "isp/lut3d.h"

namespace argent {

/// Cube LUT Specification 1.0 (Adobe, 2013): TITLE, LUT_3D_SIZE 2 to 129, DOMAIN_MIN, DOMAIN_MAX, comments, and LUT_3D_INPUT_RANGE as
/// DaVinci Resolve writes it. Throws Error with the path and the line: a 1D table, another keyword, a number that is none, too few or too
/// many nodes, a domain that is empty.
Lut3d load_cube(const std::filesystem::path& path);

/// The same of text in memory; `source` goes into errors.
Lut3d parse_cube(std::string_view text, std::string_view source);

}  // namespace argent
