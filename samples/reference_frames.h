// samples/reference_frames.h - --dark and --flat: pictures of nothing and of an even surface, which others are corrected with.
#pragma once

#include <memory>
#include <string>

#include "isp/pipeline_params.h"

namespace CLI {
class App;
}

namespace argent {

class FrameLoader;

/// RAW files or mosaics; empty: none.
struct ReferenceFrames {
  std::string dark, flat;
};

void add_reference_frame_options(CLI::App& app, ReferenceFrames& options);

/// nullptr: none.
struct LoadedReferences {
  std::shared_ptr<const DarkFrame> dark;
  std::shared_ptr<const FlatField> flat;
};

/// The dark frame is taken off the flat one, too. Throws Error with the path.
LoadedReferences loaded(const ReferenceFrames& options, const FrameLoader& loader);

}  // namespace argent
