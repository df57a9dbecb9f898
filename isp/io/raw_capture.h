// isp/io/raw_capture.h - private: what LibRaw read about the exposure and about the picture that was meant, in our terms.
#pragma once

#include "isp/frame.h"

class LibRaw;

namespace argent {

Applied applied_of(const LibRaw& decoder);

/// All but the warnings. `dng_crop`: DefaultCrop in the whole raw picture; 0 x 0: not said.
CaptureInfo capture_of(const LibRaw& decoder, CfaPattern cfa, Rect dng_crop);

}  // namespace argent
