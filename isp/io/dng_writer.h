// isp/io/dng_writer.h - RAW frames out: DNG, as every converter reads it.
//
//   save_dng(frame, "still.dng", {.as_shot_gains = decision.controls.colour_gains, .preview = &picture});
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "isp/frame.h"
#include "isp/image.h"
#include "isp/pipeline_params.h"
#include "models/runtime/overwrite.h"

namespace argent {

enum class DngCompression {
  kNone,      ///< strips
  kLossless,  ///< tiles of lossless JPEG
};

struct DngOptions {
  std::optional<Vec3> as_shot_gains{};       ///< R, G, B, what was decided; absent: the frame's own, if it has any
  std::optional<float> baseline_exposure{};  ///< EV, what a converter is to add; absent: the frame's own, if it has one
  Overwrite overwrite = Overwrite::kNo;
  DngCompression compression = DngCompression::kLossless;
  /// 8 bits, for programs that show files without developing them; rendered with OutputParams::orientation kNormal, because the file's
  /// orientation turns it as it turns the mosaic. nullptr: none.
  const Image* preview = nullptr;
  int preview_quality = 85;  ///< of JPEG, 1 to 100
  /// The lens's falloff as GainMaps instead of those the frame brought along, at colour_temperature; empty: the frame's.
  std::vector<ShadingMesh> shading{};
  float colour_temperature = 5500;  ///< kelvin
  /// A file whose EXIF and GPS fields, artist and copyright are carried over: the one that the frame was read from. Empty, no TIFF inside,
  /// or fields missing: what the frame knows.
  std::filesystem::path exif_from{};
};

/// Writes the codes, in 16 bits, with levels, color matrices and their lights, forward matrices, as-shot white, noise, opcodes,
/// orientation, crop, exposure and lens. load_raw() gives the same codes back. With a preview it stands in IFD 0 and the codes in a
/// SubIFD; without, the codes stand in IFD 0.
///
/// DNG has room for two matrices: those of a frame with two at lights that EXIF can name are written as they are; others are evaluated
/// at standard light A and D65. A frame from a DNG whose matrices are still that file's keeps its factors, forward matrices and tables.
/// Forward matrices that nobody brought follow from the color matrix and the light's white (chapter 6). Without a matrix converters show
/// the sensor's own colors. White levels that differ by site become the lowest.
///
/// BaselineExposure says what is true of this capture alone, such as a digital gain that was decided with it: load_raw() gives it back, and
/// a converter adds it to how bright it shows any file. How bright that is, is each converter's choice (ToneParams::exposure here, a base
/// curve elsewhere) and therefore not in the file: written here as well, it would be added twice. Other programs may so show the file
/// darker or brighter than this one, as they do with any camera's: RawTherapee without a curve by 1.3 EV (a simulated frame's median),
/// about ToneParams::exposure. Source: DNG 1.7.1.0, chapters 2 to 7. Throws Error: exists, not writable, disk full, beyond 4 GiB, a
/// preview of more than 8 bits.
void save_dng(const RawFrame& frame, const std::filesystem::path& path, const DngOptions& options = {});

}  // namespace argent
