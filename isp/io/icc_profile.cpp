#include "isp/io/icc_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "isp/color_space.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Transform = std::unique_ptr<void, decltype(&cmsDeleteTransform)>;
using Curve = std::unique_ptr<cmsToneCurve, decltype(&cmsFreeToneCurve)>;

Profile open_profile(std::span<const unsigned char> bytes) {
  return {cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())), &cmsCloseProfile};
}

/// lcms2 prints nothing unless told to; a profile that it does not like is our Error.
Transform transform_to_srgb(const Profile& from, PixelType type) {
  const Profile to(cmsCreate_sRGBProfile(), &cmsCloseProfile);
  const cmsColorSpaceSignature space = cmsGetColorSpace(from.get());
  if (space != cmsSigRgbData && space != cmsSigGrayData) throw Error("has an ICC profile for other colors than RGB and grey");
  const bool grey = space == cmsSigGrayData;
  cmsUInt32Number form = grey ? TYPE_GRAY_FLT : TYPE_RGB_FLT;
  if (type == PixelType::kU8) form = grey ? TYPE_GRAY_8 : TYPE_RGB_8;
  if (type == PixelType::kU16) form = grey ? TYPE_GRAY_16 : TYPE_RGB_16;
  Transform transform(
      cmsCreateTransform(from.get(), form, to.get(), TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE),
      &cmsDeleteTransform);
  if (!transform) throw Error("has an ICC profile from which nothing can be converted");
  return transform;
}

template <class T>
void transform_rows(cmsHTRANSFORM transform, const Image& from, bool grey, Image& to) {
  const auto width = static_cast<std::size_t>(from.width());
  std::vector<T> row(grey ? width : 0);
  for (int y = 0; y < from.height(); y++) {
    const T* samples = from.row<T>(y);
    for (std::size_t x = 0; x < row.size(); x++) row[x] = samples[x * Image::kChannels];
    cmsDoTransform(transform, grey ? row.data() : samples, to.row<float>(y), static_cast<cmsUInt32Number>(width));
  }
}

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

std::vector<unsigned char> icc_profile_of(const ImageInfo& picture) {
  return picture.encoding == Encoding::kLinear ? std::vector<unsigned char>{} : icc_profile_of(picture.color_space);
}

Image to_srgb(const Image& image, std::span<const unsigned char> icc_profile, BufferPool& pool) {
  const Profile profile = open_profile(icc_profile);
  if (!profile) throw Error("has an ICC profile that cannot be read");
  const Transform transform = transform_to_srgb(profile, image.type());
  const bool grey = cmsGetColorSpace(profile.get()) == cmsSigGrayData;
  Image out(pool, image.size(), PixelType::kF32, Encoding::kSrgb, ColorSpace::kSrgb);
  if (image.type() == PixelType::kU8) transform_rows<std::uint8_t>(transform.get(), image, grey, out);
  if (image.type() == PixelType::kU16) transform_rows<std::uint16_t>(transform.get(), image, grey, out);
  if (image.type() == PixelType::kF32) transform_rows<float>(transform.get(), image, grey, out);
  return out;
}

std::string icc_profile_name(std::span<const unsigned char> icc_profile) {
  const Profile profile = open_profile(icc_profile);
  std::array<char, 81> text{};
  if (profile) cmsGetProfileInfoASCII(profile.get(), cmsInfoDescription, "en", "US", text.data(), text.size() - 1);
  std::string name(text.data());
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < 0x20 || c == 0x7f; }, '?');
  return name;
}

}  // namespace argent
