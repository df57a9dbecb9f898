// calibration/profile/dcp_file.h - a DNG camera profile (DCP): the color of a kind of camera, as Adobe's and others' tools write it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "isp/dng_profile.h"

namespace argent {

/// Matrices, forward matrices, both HueSatMaps, LookTable with their encodings, ToneCurve, BaselineExposureOffset; what is absent stays
/// empty. The container is a TIFF of one directory whose magic number is "RC" (DNG 1.7.1.0, chapter 5, "Camera Profile Files"); both byte
/// orders. Throws Error with the path: no DCP, truncated, above 64 MB, a field of the wrong type or size, no ColorMatrix1, a number that is
/// not finite or out of its range, a curve that does not rise from (0, 0) to (1, 1).
DngProfile load_dcp(const std::filesystem::path& path);

/// The same of bytes in memory; `source` goes into errors.
DngProfile parse_dcp(std::span<const std::uint8_t> bytes, std::string_view source);

/// The bytes of a DCP, little-endian. What a kind of camera has is written: names, lights, tables, curve; matrices to six decimals. Throws
/// Error without a color matrix of the first light, and for numbers that a DCP cannot hold.
std::string write_dcp(const DngProfile& profile);

}  // namespace argent
