#include "camera/spectral/observer.h"

namespace argent {
namespace {

// Source: CIE 1931 2 degree standard observer (ISO 11664-1), as tabulated in colour-science (BSD-3-Clause).
constexpr std::array<Spectrum, 3> kCie1931{
    {{0.001368f,    0.002236f,    0.004243f,    0.00765f,     0.01431f,     0.02319f,     0.04351f,     0.07763f,     0.13438f,
      0.21477f,     0.2839f,      0.3285f,      0.34828f,     0.34806f,     0.3362f,      0.3187f,      0.2908f,      0.2511f,
      0.19536f,     0.1421f,      0.09564f,     0.05795f,     0.03201f,     0.0147f,      0.0049f,      0.0024f,      0.0093f,
      0.0291f,      0.06327f,     0.1096f,      0.1655f,      0.22575f,     0.2904f,      0.3597f,      0.43345f,     0.51205f,
      0.5945f,      0.6784f,      0.7621f,      0.8425f,      0.9163f,      0.9786f,      1.0263f,      1.0567f,      1.0622f,
      1.0456f,      1.0026f,      0.9384f,      0.85445f,     0.7514f,      0.6424f,      0.5419f,      0.4479f,      0.3608f,
      0.2835f,      0.2187f,      0.1649f,      0.1212f,      0.0874f,      0.0636f,      0.04677f,     0.0329f,      0.0227f,
      0.01584f,     0.0113592f,   0.00811092f,  0.00579035f,  0.00410946f,  0.00289933f,  0.00204919f,  0.00143997f,  0.000999949f,
      0.000690079f, 0.000476021f, 0.000332301f, 0.000234826f, 0.000166151f, 0.000117413f, 8.30753e-05f, 5.87065e-05f, 4.15099e-05f},
     {3.9e-05f,   6.4e-05f,   0.00012f, 0.000217f, 0.000396f, 0.00064f,  0.00121f,  0.00218f,  0.004f,    0.0073f,  0.0116f,  0.01684f,
      0.023f,     0.0298f,    0.038f,   0.048f,    0.06f,     0.0739f,   0.09098f,  0.1126f,   0.13902f,  0.1693f,  0.20802f, 0.2586f,
      0.323f,     0.4073f,    0.503f,   0.6082f,   0.71f,     0.7932f,   0.862f,    0.91485f,  0.954f,    0.9803f,  0.99495f, 1.0f,
      0.995f,     0.9786f,    0.952f,   0.9154f,   0.87f,     0.8163f,   0.757f,    0.6949f,   0.631f,    0.5668f,  0.503f,   0.4412f,
      0.381f,     0.321f,     0.265f,   0.217f,    0.175f,    0.1382f,   0.107f,    0.0816f,   0.061f,    0.04458f, 0.032f,   0.0232f,
      0.017f,     0.01192f,   0.00821f, 0.005723f, 0.004102f, 0.002929f, 0.002091f, 0.001484f, 0.001047f, 0.00074f, 0.00052f, 0.0003611f,
      0.0002492f, 0.0001719f, 0.00012f, 8.48e-05f, 6e-05f,    4.24e-05f, 3e-05f,    2.12e-05f, 1.499e-05f},
     {0.00645f, 0.01055f, 0.02005f, 0.03621f, 0.06785f, 0.1102f,  0.2074f,  0.3713f,  0.6456f,  1.03905f, 1.3856f,  1.62296f,
      1.74706f, 1.7826f,  1.77211f, 1.7441f,  1.6692f,  1.5281f,  1.28764f, 1.0419f,  0.81295f, 0.6162f,  0.46518f, 0.3533f,
      0.272f,   0.2123f,  0.1582f,  0.1117f,  0.07825f, 0.05725f, 0.04216f, 0.02984f, 0.0203f,  0.0134f,  0.00875f, 0.00575f,
      0.0039f,  0.00275f, 0.0021f,  0.0018f,  0.00165f, 0.0014f,  0.0011f,  0.001f,   0.0008f,  0.0006f,  0.00034f, 0.00024f,
      0.00019f, 0.0001f,  5e-05f,   3e-05f,   2e-05f,   1e-05f,   0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,
      0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,
      0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f,     0.0f}}};

constexpr Spectrum kEven = [] {
  Spectrum even{};
  even.fill(1);
  return even;
}();

}  // namespace

Vec3 xyz_of(const Spectrum& light, const Spectrum& reflectance) {
  std::array<double, 3> sum{};
  double white = 0;
  for (std::size_t i = 0; i < kSamples; i++) {
    white += double(kCie1931[1][i]) * double(light[i]);
    for (std::size_t c = 0; c < 3; c++) sum[c] += double(kCie1931[c][i]) * double(light[i]) * double(reflectance[i]);
  }
  if (!(white > 0)) return {};
  return {static_cast<float>(sum[0] / white), static_cast<float>(sum[1] / white), static_cast<float>(sum[2] / white)};
}

Chromaticity chromaticity_of(const Spectrum& light) {
  const Vec3 xyz = xyz_of(light, kEven);
  const float sum = xyz[0] + xyz[1] + xyz[2];
  return sum > 0 ? Chromaticity{xyz[0] / sum, xyz[1] / sum} : Chromaticity{};
}

double luminance_of(const Spectrum& light) { return static_cast<double>(xyz_of(kEven, light)[1]); }

}  // namespace argent
