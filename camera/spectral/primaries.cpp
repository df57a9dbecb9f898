#include "camera/spectral/primaries.h"

#include <array>

namespace argent {
namespace {

// Source: the decomposition of Mallett and Yuksel, Spectral Primary Decomposition for Rendering with sRGB Reflectance (EGSR 2019),
// solved anew for this grid, this observer and D65: the smoothest spectra (least squared differences between neighbors) under its
// constraints. The test checks those, not the digits.
constexpr std::array<Spectrum, 3> kPrimaries{
    {{0.0249f, 0.0249f, 0.0249f, 0.0249f, 0.0248f, 0.0248f, 0.0247f, 0.0244f, 0.024f, 0.0232f, 0.0222f, 0.0209f, 0.0197f, 0.0193f,
      0.0205f, 0.0248f, 0.0296f, 0.024f,  0.0131f, 0.0029f, 0.0f,    0.0f,    0.0f,   0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,   0.0f,    0.0356f, 0.1117f, 0.2179f, 0.3431f,
      0.4762f, 0.6073f, 0.7279f, 0.831f,  0.9115f, 0.9663f, 0.9953f, 1.0f,    1.0f,   1.0f,    1.0f,    1.0f,    1.0f,    1.0f,
      1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,   1.0f,    1.0f,    1.0f,    1.0f,    1.0f,
      1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,   1.0f,    1.0f},
     {0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0081f, 0.0496f, 0.1179f, 0.2044f, 0.3002f, 0.4024f, 0.5073f, 0.611f,  0.7097f, 0.7998f, 0.8775f, 0.939f,
      0.9807f, 1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    1.0f,    0.9967f, 0.9761f, 0.9234f, 0.8398f, 0.7335f, 0.6137f,
      0.4892f, 0.3681f, 0.2572f, 0.162f,  0.0867f, 0.0337f, 0.0047f, 0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f},
     {0.9751f, 0.9751f, 0.9751f, 0.9751f, 0.9752f, 0.9752f, 0.9753f, 0.9756f, 0.976f,  0.9768f, 0.9778f, 0.9791f, 0.9803f, 0.9807f,
      0.9795f, 0.9752f, 0.9623f, 0.9264f, 0.869f,  0.7927f, 0.6998f, 0.5976f, 0.4927f, 0.389f,  0.2903f, 0.2002f, 0.1225f, 0.061f,
      0.0193f, 0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0033f, 0.0239f, 0.041f,  0.0485f, 0.0486f, 0.0432f,
      0.0346f, 0.0246f, 0.0149f, 0.007f,  0.0018f, 0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,
      0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f,    0.0f}}};

}  // namespace

std::span<const Spectrum, 3> primary_reflectances() { return kPrimaries; }

}  // namespace argent
