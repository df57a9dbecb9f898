// isp/warp.h - private: the one resample that moves pixels, along the displacements of a PictureGeometry.
#pragma once

#include <optional>
#include <vector>

#include "isp/mosaic_pass.h"
#include "isp/picture_geometry.h"

namespace argent {

/// How far from a picture's pixels their sources lie. Node (i, j) belongs to pixel (i * step, j * step) of the picture; straight between.
struct WarpMesh {
  int step = 64;              ///< pixels, a power of two
  int columns = 0, rows = 0;  ///< the last ones at the picture's last pixels or outside
  Rect source;                ///< the part of the active array that is read
  std::vector<float> shift;   ///< columns x rows x (x, y) x (R, G, B), in pixels from the picture's corner to that of `source`
};

/// For the picture of `area`, with steps that keep straight lines between nodes within a hundredth of a pixel of the geometry, as far as
/// half a million nodes go. nullopt: nothing in it moves by a thousandth of a pixel. Throws Error when a place is not finite.
std::optional<WarpMesh> make_warp_mesh(const PictureGeometry& geometry, Rect area, Size active);

/// `picture` is of mesh.source; what comes has `size`. Lanczos-3: half way between pixels it keeps 102 % of a wave of 4 pixels and 76 % of
/// one of 8 / 3, where Catmull and Rom's cubic keeps 88 and 55 %; a row of both is one vector, so that the cubic would save little.
/// In the memory of `picture` where nobody else has it: a color after the other, each into the room before it.
LinearPicture warped(const Kernels& kernels, KernelContext& context, LinearPicture picture, const WarpMesh& mesh, Size size);

}  // namespace argent
