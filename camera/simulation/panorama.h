// camera/simulation/panorama.h - private: a measured surrounding (an HDR panorama) as what a camera sees, and as light.
#pragma once

#include <filesystem>
#include <vector>

#include "camera/simulation/scene_map.h"
#include "camera/spectral/spectrum.h"
#include "isp/color.h"

namespace argent {

/// Equirectangular: columns go once round, the middle one ahead; rows from the zenith to the nadir.
class Panorama {
 public:
  /// An OpenEXR file twice as wide as high. Negative values are taken as 0: colors out of gamut, or compression's ringing. Throws Error
  /// for a file that cannot be, a pixel that is not finite, or no light from above.
  explicit Panorama(const std::filesystem::path& path);

  /// What a level surface gets from the upper half: the mean of radiance weighted by the cosine to the zenith (irradiance / pi). Linear
  /// Rec. 709, in the file's units.
  const Vec3& light() const { return light_; }

  /// light() as a spectrum: D65 seen by a mixture of primary_reflectances(); relative.
  Spectrum light_spectrum() const;

  /// What one of its pixels covers ahead, of the field's width: nothing finer is seen.
  float finest(const SceneParams& scene) const;

  /// Colors relative to light(), each primary by itself, so that 1, 1, 1 is a white level surface; lamps and the sky are above 1.
  /// `aspect` is width / height of the field; `seconds` since the start pan the view.
  SceneMap view(const SceneParams& scene, Size size, float aspect, double seconds) const;

 private:
  Vec3 at(float column, float row) const;  ///< bilinear, relative to light()

  Size size_;
  std::vector<Vec3> pixels_;
  Vec3 light_{};
};

}  // namespace argent
