#include "isp/io/icc_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>

#include "isp/color_space.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Curve = std::unique_ptr<cmsToneCurve, decltype(&cmsFreeToneCurve)>;

[[noreturn]] void fail() { throw Error("lcms2 could not make an ICC profile"); }

/// Y = (a X + b)^g from X = d on, c X below: ICC's function type 3, lcms2's 4.
Curve parametric(double g, double a, double b, double c, double d) {
  const std::array<cmsFloat64Number, 5> parameters{g, a, b, c, d};
  return {cmsBuildParametricToneCurve(nullptr, 4, parameters.data()), &cmsFreeToneCurve};
}

/// White at 1, and 1 for what is brighter.
Curve pq_below_white() {
  constexpr std::size_t kNodes = 4096;
  std::vector<cmsUInt16Number> table(kNodes);
  for (std::size_t i = 0; i < kNodes; i++) {
    const double light = decoded(ColorSpace::kRec2100Pq, double(i) / (kNodes - 1)) * kPqPeak / kPqWhite;
    table[i] = static_cast<cmsUInt16Number>(std::lround(65535 * std::min(light, 1.0)));
  }
  return {cmsBuildTabulatedToneCurve16(nullptr, kNodes, table.data()), &cmsFreeToneCurve};
}

Curve curve_of(ColorSpace space) {
  if (space == ColorSpace::kRec2100Pq) return pq_below_white();
  return parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
}

const char* description_of(ColorSpace space) {
  if (space == ColorSpace::kDisplayP3) return "Display P3";
  return space == ColorSpace::kRec2020 ? "Rec. 2020 with sRGB's curve" : "Rec. 2100 PQ";
}

void write_text(cmsHPROFILE profile, cmsTagSignature tag, const char* text) {
  const std::unique_ptr<cmsMLU, decltype(&cmsMLUfree)> words(cmsMLUalloc(nullptr, 1), &cmsMLUfree);
  if (!words || !cmsMLUsetASCII(words.get(), "en", "US", text) || !cmsWriteTag(profile, tag, words.get())) fail();
}

/// ITU-T H.273: BT.2020's primaries, ST 2084, RGB, full range.
void write_pq_signal(cmsHPROFILE profile) {
  const cmsVideoSignalType signal{9, 16, 0, 1};
  if (!cmsWriteTag(profile, cmsSigcicpTag, &signal)) fail();
}

Profile profile_of(ColorSpace space) {
  if (space == ColorSpace::kSrgb) return {cmsCreate_sRGBProfile(), &cmsCloseProfile};
  const auto xyy = [](Chromaticity c) { return cmsCIExyY{double(c.x), double(c.y), 1}; };
  const Primaries p = primaries_of(space);
  const cmsCIExyY white = xyy(kD65);
  const cmsCIExyYTRIPLE primaries{xyy(p.red), xyy(p.green), xyy(p.blue)};
  const Curve curve = curve_of(space);
  if (!curve) fail();
  const std::array<cmsToneCurve*, 3> curves{curve.get(), curve.get(), curve.get()};
  Profile profile(cmsCreateRGBProfile(&white, &primaries, curves.data()), &cmsCloseProfile);
  if (!profile) fail();
  cmsSetProfileVersion(profile.get(), 4.4);
  write_text(profile.get(), cmsSigProfileDescriptionTag, description_of(space));
  write_text(profile.get(), cmsSigCopyrightTag, "No copyright, use freely");
  if (space == ColorSpace::kRec2100Pq) write_pq_signal(profile.get());
  return profile;
}

}  // namespace

std::vector<unsigned char> icc_profile_of(ColorSpace space) {
  if (space == ColorSpace::kCamera) return {};
  const Profile profile = profile_of(space);
  cmsUInt32Number size = 0;
  if (!profile || !cmsSaveProfileToMem(profile.get(), nullptr, &size)) fail();
  std::vector<unsigned char> bytes(size);
  if (!cmsSaveProfileToMem(profile.get(), bytes.data(), &size)) fail();

  // lcms2 writes the time of day (ICC.1, 7.2.1: bytes 24 to 35), but the same picture shall be the same file tomorrow.
  constexpr std::array<unsigned char, 12> kDate{0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
  constexpr std::size_t kDateOffset = 24, kHeader = 128;
  if (bytes.size() < kHeader) throw Error("lcms2 made an ICC profile without a header");
  std::copy(kDate.begin(), kDate.end(), bytes.begin() + kDateOffset);
  return bytes;
}

std::vector<unsigned char> icc_profile_of(const Image& image) {
  return image.encoding() == Encoding::kLinear ? std::vector<unsigned char>{} : icc_profile_of(image.color_space());
}

}  // namespace argent
