// samples/develop_options.h - the command line of `argent develop`.
#pragma once

#include <optional>

#include "samples/batch_console.h"
#include "samples/develop_choices.h"
#include "samples/input_options.h"
#include "samples/output_names.h"
#include "samples/reference_frames.h"

namespace argent {

struct DevelopOptions {
  InputOptions input;
  ReferenceFrames reference_frames;
  OutputOptions output;
  DevelopChoices choices;
  float scale = 1;                 ///< of width and height
  Size fit;                        ///< not 0 x 0: largest size inside, instead of scale
  bool whole_active_area = false;  ///< instead of the camera's own crop
  std::optional<int> bit_depth;    ///< absent: TIFF 16, others 8
  int jpeg_quality = 92;
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

void add_develop_options(CLI::App& app, DevelopOptions& options);

/// "1600x1200" (the largest picture of the same shape inside) or "50%". Throws Error.
struct Resize {
  float scale = 1;
  Size fit{};
};
Resize resize_from_text(const std::string& text);

/// Throws Error for a JPEG of 16 bits.
OutputParams output_params_of(const DevelopOptions& options, ImageFormat format);

}  // namespace argent
