// isp/noise_estimate.h - the noise of a frame whose camera nobody has calibrated, from the frame itself.
#pragma once

#include "isp/frame.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// Variance over light, from the quietest blocks of 8x8 pixels of one color at each brightness; clipped and dark blocks are left out.
/// Of a frame without a quiet place the answer is too high; of a frame too small or all clipped {0, 0}.
/// Sources: Immerkær 1996, "Fast noise variance estimation" (the mask); Foi et al. 2008, "Practical Poissonian-Gaussian noise modeling and
/// fitting for single-image raw-data" (the line through levels).
NoiseModel estimate_noise(const RawFrame& frame, BufferPool& pool);

}  // namespace argent
