// isp/narrow_blur.h - what the kernels that sharpen and their caller agree on.
#pragma once

namespace argent {

/// Up to this radius, in pixels, a Gaussian ends at two of them: a kernel for no other is quicker.
inline constexpr float kNarrowBlur = 0.7f;

}  // namespace argent
