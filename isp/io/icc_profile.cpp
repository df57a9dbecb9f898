#include "isp/io/icc_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/runtime/error.h"

namespace argent {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Transform = std::unique_ptr<void, decltype(&cmsDeleteTransform)>;

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

}  // namespace

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

std::vector<unsigned char> srgb_icc_profile() {
  const std::unique_ptr<void, decltype(&cmsCloseProfile)> profile(cmsCreate_sRGBProfile(), &cmsCloseProfile);
  cmsUInt32Number size = 0;
  if (!profile || !cmsSaveProfileToMem(profile.get(), nullptr, &size)) throw Error("lcms2 could not make an sRGB profile");
  std::vector<unsigned char> bytes(size);
  if (!cmsSaveProfileToMem(profile.get(), bytes.data(), &size)) throw Error("lcms2 could not make an sRGB profile");

  // lcms2 writes the time of day (ICC.1, 7.2.1: bytes 24 to 35), but the same picture shall be the same file tomorrow.
  constexpr std::array<unsigned char, 12> kDate{0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
  constexpr std::size_t kDateOffset = 24, kHeader = 128;
  if (bytes.size() < kHeader) throw Error("lcms2 made an sRGB profile without a header");
  std::copy(kDate.begin(), kDate.end(), bytes.begin() + kDateOffset);
  return bytes;
}

}  // namespace argent
