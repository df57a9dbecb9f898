// isp/io/dng_writer.h - RAW frames out: DNG, as every converter reads it.
//
//   save_dng(frame, "still.dng", {.as_shot_gains = decision.controls.colour_gains});
#pragma once

#include <filesystem>
#include <optional>

#include "isp/frame.h"
#include "models/runtime/overwrite.h"

namespace argent {

struct DngOptions {
  std::optional<Vec3> as_shot_gains;       ///< R, G, B, what was decided; absent: the frame's own, if it has any
  std::optional<float> baseline_exposure;  ///< EV, what a converter is to add; absent: the frame's own, if it has one
  Overwrite overwrite = Overwrite::kNo;
};

/// Writes the mosaic uncompressed, 8 bits in a byte or more in two, with levels, color matrices and their lights, as-shot white, noise,
/// orientation, crop, exposure and lens. load_raw() gives the same codes back.
///
/// DNG has room for two matrices: those of a frame with two at lights that EXIF can name are written as they are; others are evaluated
/// at standard light A and D65. Without a matrix converters show the sensor's own colors. White levels that differ by site become the
/// lowest.
///
/// BaselineExposure says what is true of this capture alone, such as a digital gain that was decided with it: load_raw() gives it back, and
/// a converter adds it to how bright it shows any file. How bright that is, is each converter's choice (ToneParams::exposure here, a base
/// curve elsewhere) and therefore not in the file: written here as well, it would be added twice. Other programs may so show the file
/// darker or brighter than this one, as they do with any camera's: RawTherapee without a curve by 1.3 EV (a simulated frame's median),
/// about ToneParams::exposure. Source: DNG 1.7.1.0, chapters 3 and 4. Throws Error: exists, not writable, disk full.
void save_dng(const RawFrame& frame, const std::filesystem::path& path, const DngOptions& options = {});

}  // namespace argent
