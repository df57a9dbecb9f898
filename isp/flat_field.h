// isp/flat_field.h - the lens's falloff as a picture of an even surface shows it.
#pragma once

#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent {

/// Nodes of the mesh across and down, or a quad each for pictures smaller than that.
inline constexpr int kFlatColumns = 65, kFlatRows = 49;

/// Gains that make the picture even, each channel for itself, so that the surface's color is of no account: the brightest node has gain 1.
/// A node is the mean of the codes up to a node's distance away, weighted like a tent: grain and small dust go, and so does what is finer.
/// Throws Error for a frame that contradicts itself, that is clipped (more than one pixel in a hundred), or in which some node has less
/// than 1/64 of the brightest one's light or of saturation's.
FlatField make_flat_field(const RawFrame& frame);

}  // namespace argent
