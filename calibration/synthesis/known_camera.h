// calibration/synthesis/known_camera.h - a camera of which everything is known: what calibration is to find out again.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "camera/spectral/sensitivities.h"
#include "isp/params.h"
#include "isp/pipeline_params.h"
#include "isp/sensor_info.h"

namespace argent {

/// A gain as the driver is asked for it and as EXIF says it, and what it is.
struct KnownGain {
  float nominal = 1, actual = 1;
};

enum class PixelFault {
  kHot,   ///< counts light that isn't there
  kDead,  ///< misses light
};

struct KnownDefect {
  int x = 0, y = 0;
  PixelFault kind = PixelFault::kHot;
  float amount = 0;  ///< hot: what it counts too much, whatever the exposure, 1 = saturation at gain 1; dead: the share of light it counts
};

enum class PhotonNoise { kNone, kPoisson };

/// Defaults are a small sensor of today; what is neutral stands behind each. Level: 0 = black, 1 = saturation (code `white`).
struct KnownSensor {
  Size size{1280, 960};
  CfaPattern cfa = CfaPattern::kRggb;                       ///< a Bayer pattern
  int bits = 12;                                            ///< 10, 12, 14; codes end at 2^bits - 1
  float nominal_black = 256;                                ///< codes: what files say
  std::array<float, 4> black{256.4f, 255.8f, 256.1f, 256};  ///< codes: what is true; sites as in SensorInfo
  float responsivity = 5.5e-8f;                             ///< level of white in green at gain 1 per lux and microsecond of D65
  float electrons = 8000;                                   ///< of level 1 at gain 1
  float full_well = 9000;                                   ///< electrons; beyond there are none. Neutral: far above `electrons`
  PhotonNoise photon_noise = PhotonNoise::kPoisson;
  float read_electrons = 3;                                                 ///< standard deviation before the gain; neutral 0
  float converter_noise = 0.6f;                                             ///< codes, standard deviation after the gain; neutral 0
  float row_noise = 0;                                                      ///< codes, standard deviation that a row has in common
  float green_imbalance = 0.006f;                                           ///< G on R's rows over G on B's rows, minus 1; neutral 0
  float nonlinearity = 0;                                                   ///< of charge q, 1 = `electrons`: q (1 - nonlinearity q)
  std::vector<KnownGain> gains{{1, 1}, {2, 1.96f}, {4, 3.86f}, {8, 7.6f}};  ///< by rising nominal gain; neutral: equal
  std::vector<KnownDefect> defects;                                         ///< by rising y, then x; at most one a pixel
  int exposure_delay = 2, gain_delay = 1;                                   ///< frames until what was asked for is in force
};

/// Where the lens stands for what distance.
struct FocusPoint {
  float dioptres = 0, code = 0;
};

/// Radius r: distance from the middle of the picture, 1 in its corners.
struct KnownLens {
  float falloff = 0.35f;  ///< light that is left of every color: 1 / (1 + falloff r^2)^2, cos^4 for tan^2 = falloff r^2; neutral 0
  /// A colored rest, which changes with the light: times 1 + (color + color_slope m) s^2, m = (1e6 / cct - 200) / 100 and s the distance
  /// from `color_center`, half the diagonal is 1; brought to 1 in the middle. R, G, B; neutral 0.
  std::array<float, 3> color{-0.07f, 0, 0.03f}, color_slope{0.05f, 0, -0.04f};
  std::array<float, 2> color_center{0.46f, 0.53f};  ///< x, y, fractions of the picture
  std::array<float, 3> blur{0.62f, 0.5f, 0.68f};    ///< R, G, B: sigma of a Gaussian, pixels, beside the pixel's own square
  /// Lateral color: what green shows at r, red and blue show at r (k0 + k1 r^2): WarpRectilinear's kr0 and kr1. Neutral 1, 0.
  std::array<float, 2> red{1.0008f, 0.0006f}, blue{0.9991f, -0.0005f};
  std::vector<FocusPoint> focus{{0, 180}, {2, 260}, {5, 410}, {10, 700}};  ///< by rising code, coming from below; linear between
  float backlash = 8;             ///< codes: coming from above, the same place needs a code lower by this; neutral 0
  float blur_per_dioptre = 2.4f;  ///< pixels of blur circle
};

struct KnownCamera {
  std::string name;  ///< "Canon EOS 5D (synthetic)"
  Sensitivities sensitivities{};
  KnownSensor sensor;
  KnownLens lens;
};

/// Its numbers by name, "sensor.read_electrons", "lens.falloff": for `--set`. Lists (gains, defects, focus) and sensitivities are not.
std::vector<Field> fields_of(KnownCamera& camera);

/// Throws Error, with the member: sizes beyond 16..16384 or odd, a mosaic that isn't Bayer's, bits other than 10, 12 and 14, numbers that
/// are not finite or out of their meaning, defects outside of the picture.
void check(const KnownCamera& camera);

/// Levels and mosaic as a file says them: nothing that calibration is to find out.
SensorInfo sensor_info_of(const KnownCamera& camera);

/// The true gain behind a nominal one: linear in logarithms between the table's, by the ratio of its ends beyond. `nominal` > 0.
double true_gain(const KnownSensor& sensor, double nominal);

/// Shot and read noise at a nominal gain, the converter's steps included, row noise and `nonlinearity` not.
NoiseModel noise_of(const KnownSensor& sensor, double nominal_gain);

/// Codes end there: the converter's end or the full well's, the lower one, at a nominal gain; code, of a site.
double saturation_of(const KnownSensor& sensor, std::size_t site, double nominal_gain);

/// Light that is left at x, y (fractions of the picture), 1 in the middle. `color` 0, 1, 2.
double falloff_at(const KnownCamera& camera, std::size_t color, double cct, double x, double y);

/// The gains that undo it: equal for all colors in the middle, the smallest is 1.
ShadingMesh shading_of(const KnownCamera& camera, float cct, int columns = 33, int rows = 25);

/// Spatial frequency at which contrast is half, cycles a pixel, across an edge turned by `degrees` from upright: the Gaussian and the
/// pixel's square.
double mtf50_of(const KnownLens& lens, std::size_t color, double degrees);

enum class LensWay { kFromBelow, kFromAbove };
double dioptres_of_code(const KnownLens& lens, double code, LensWay way);
double code_of_dioptres(const KnownLens& lens, double dioptres, LensWay way);

/// `count` hot and dead pixels, half of each, one in eight beside another; the same for the same seed.
std::vector<KnownDefect> random_defects(Size size, int count, std::uint64_t seed);

}  // namespace argent
