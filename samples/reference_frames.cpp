#include "samples/reference_frames.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "isp/dark_frame.h"
#include "isp/flat_field.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "samples/input_options.h"

namespace argent {
namespace {

/// What `make` makes of the file's frame; errors come with the path.
template <class Make>
auto made_of(const std::string& file, const FrameLoader& loader, const Make& make) {
  const RawFrame frame = loader.load(file);  // its errors have the path already
  try {
    return make(frame);
  } catch (const Error& error) {
    throw Error(file + ": " + error.what());
  }
}

}  // namespace

void add_reference_frame_options(CLI::App& app, ReferenceFrames& options) {
  const char* group = "Reference frames (of the same camera and size)";
  app.add_option("--dark", options.dark, "taken with the cap on, at the same exposure:\nsubtracted, its hot pixels replaced")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--flat", options.flat, "of an even surface, with the same lens and aperture:\nwhat it lacks in light is made up for")
      ->type_name("FILE")
      ->group(group);
}

LoadedReferences loaded(const ReferenceFrames& options, const FrameLoader& loader) {
  LoadedReferences out;
  if (!options.dark.empty()) {
    out.dark = made_of(options.dark, loader, [](const RawFrame& frame) { return std::make_shared<DarkFrame>(make_dark_frame(frame)); });
  }
  if (!options.flat.empty()) {
    PipelineParams params = loader.settings().common()->isp;
    params.dark = out.dark;
    out.flat = made_of(options.flat, loader, [&](const RawFrame& frame) {
      return std::make_shared<FlatField>(make_flat_field(Pipeline(params).correct(frame)));
    });
  }
  return out;
}

}  // namespace argent
