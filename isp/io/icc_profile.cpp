#include "isp/io/icc_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "models/runtime/error.h"

namespace argent {

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
