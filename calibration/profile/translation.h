// calibration/profile/translation.h - a camera's tuning from one program's format into another's.
//
//   const TuningText made = translate_tuning(read, "imx219.json", TuningFormat::kRkisp1);
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/profile/camera_profile.h"

namespace argent {

/// What can be written. Read is also what each had before: Raspberry Pi's version 1, libcamera's files from 0.0.3 on.
enum class TuningFormat {
  kArgent,  ///< our profile
  kPiVc4,   ///< Raspberry Pi 1 to 4, JSON version 2
  kPiPisp,  ///< Raspberry Pi 5
  kSimple,  ///< libcamera's software ISP
  kRkisp1,  ///< libcamera on Rockchip's and NXP's ISP
  kDcp,     ///< DNG camera profile
};
/// "argent", "pi-vc4", "pi-pisp", "libcamera-simple", "libcamera-rkisp1", "dcp"
std::string_view name_of(TuningFormat format);
/// Throws Error, which lists the names, for any other.
TuningFormat tuning_format_of_name(std::string_view name);

/// A file's bytes, and one line each on what its format cannot carry, and on what is not as it was: "shading: ...; left out".
struct TuningText {
  std::string bytes;
  std::vector<std::string> remarks;
};

/// What kind of file these bytes are; nullopt when it is none of them. A file of libcamera that names no ISP's own algorithm is kRkisp1.
std::optional<TuningFormat> tuning_format_of(std::string_view bytes, std::string_view source);

/// The bytes of a tuning, at most 64 MB of a DCP and 8 MB of the rest. Throws Error with the path.
std::string read_tuning_file(const std::filesystem::path& path);

/// A tuning as our profile, with remarks on what that has no place for. Throws Error with source and line where the importer does. A DCP
/// becomes matrices, and corrections where it has forward matrices.
struct ImportedTuning {
  CameraProfile profile;
  std::vector<std::string> remarks;
};
ImportedTuning import_tuning(std::string_view bytes, std::string_view source);

/// From Raspberry Pi to Raspberry Pi the document is edited: what is not known stays as it is, in its order. Otherwise the way is through
/// our profile. `base`: bytes of a Raspberry Pi tuning, whose parts that a profile knows nothing of (exposure, tone, noise reduction) are
/// taken; empty: plain ones are put in. Throws Error; what comes out is read again before it is returned.
TuningText translate_tuning(std::string_view bytes, std::string_view source, TuningFormat to, std::string_view base = {});

}  // namespace argent
