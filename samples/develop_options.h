// samples/develop_options.h - the command line of `argent develop`.
#pragma once

#include <optional>

#include "samples/batch_console.h"
#include "samples/develop_choices.h"
#include "samples/input_options.h"
#include "samples/output_names.h"
#include "samples/reference_frames.h"

namespace argent {

enum class Sidecars { kRead, kIgnore };  ///< settings beside the photos

struct DevelopOptions {
  InputOptions input;
  ReferenceFrames reference_frames;
  OutputOptions output;
  Sidecars sidecars = Sidecars::kRead;
  bool write_sidecar = false;
  std::string save_settings;     ///< file; empty: none
  std::string dump_stages;       ///< folder; empty: none
  std::optional<int> bit_depth;  ///< absent: TIFF and OpenEXR 16, others 8
  YuvFormat yuv;                 ///< of y4m
  int jpeg_quality = 92;
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

void add_develop_options(CLI::App& app, DevelopOptions& options);

/// "1600x1200" (the largest picture of the same shape inside) or "50%". Throws Error, which begins with `source`.
struct Resize {
  float scale = 1;
  Size fit{};
};
Resize resize_from_text(const std::string& text, std::string_view source = "--resize");

/// Throws UsageError for bits that the format does not have.
PixelType pixel_type_of(const DevelopOptions& options, ImageFormat format);

OutputParams output_params_of(const DevelopChoices& choices, PixelType type);

}  // namespace argent
