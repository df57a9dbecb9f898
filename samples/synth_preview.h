// samples/synth_preview.h - a synthetic capture as a picture to look at.
#pragma once

#include "calibration/synthesis/synthetic_set.h"
#include "isp/image.h"

namespace argent {

/// Half the size: a quad is a pixel. Balanced by the light that is there, in sRGB by the best matrix there is; nothing else is done to it,
/// so that falloff, noise and defects show. Throws Error as frame_of() does.
Image preview_of(const SyntheticSet& set, const SyntheticCapture& capture, BufferPool& pool);

}  // namespace argent
