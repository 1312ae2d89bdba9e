// A switch with 120 cases of a few operations each: a wide br_table and much code.
#include "bench.h"

static uint32_t data[256];

static NOINLINE uint32_t run(const uint8_t* code, int count, uint32_t seed) {
    uint32_t a = seed, b = seed * 3 + 1, c = 0x9e3779b9u;
    for (int i = 0; i < count; i++) {
        switch (code[i]) {
            case 0:
                a ^= c * 414003u;
                c = c * 50631u + 1;
                b = (b << 27) | (b >> (32 - 27));
                b ^= data[(a + 386) & 255];
                break;
            case 1:
                data[(b ^ 238) & 255] += c;
                b ^= data[(a + 880) & 255];
                a += b ^ 353;
                c ^= (a << 7) - b;
                break;
            case 2:
                c += a >> 2;
                b ^= data[(a + 1739) & 255];
                break;
            case 3:
                data[(b ^ 508) & 255] += c;
                c += a >> 11;
                break;
            case 4:
                data[(b ^ 2399) & 255] += c;
                c ^= (a << 1) - b;
                break;
            case 5:
                a += b ^ 2281;
                a ^= c * 303677u;
                c ^= (a << 3) - b;
                break;
            case 6:
                data[(b ^ 1264) & 255] += c;
                b ^= data[(a + 3343) & 255];
                break;
            case 7:
                b = (b << 19) | (b >> (32 - 19));
                data[(b ^ 2617) & 255] += c;
                c += a >> 6;
                break;
            case 8:
                b ^= data[(a + 2917) & 255];
                b = (b << 19) | (b >> (32 - 19));
                break;
            case 9:
                data[(b ^ 844) & 255] += c;
                if (a & 8192) b += 796;
                break;
            case 10:
                if (a & 16384) b += 371;
                b -= c + 1018;
                a ^= c * 732949u;
                c += a >> 2;
                break;
            case 11:
                b ^= data[(a + 2028) & 255];
                a = (a & 0xbabced2u) + b;
                if (a & 512) b += 624;
                b = (b << 4) | (b >> (32 - 4));
                break;
            case 12:
                a ^= c * 793919u;
                a = (a & 0x26e8755u) + b;
                if (a & 8192) b += 41;
                c = c * 81391u + 1;
                b ^= data[(a + 2348) & 255];
                break;
            case 13:
                a = (a & 0xb1fee08u) + b;
                a = (a & 0x98289fcu) + b;
                if (a & 16384) b += 71;
                b = (b << 31) | (b >> (32 - 31));
                break;
            case 14:
                if (a & 4) b += 63;
                a = a < c ? a + 2874 : c - a;
                b -= c + 2651;
                data[(b ^ 2791) & 255] += c;
                break;
            case 15:
                b -= c + 2936;
                c ^= (a << 15) - b;
                c = c * 363861u + 1;
                a += b ^ 3853;
                if (a & 2048) b += 173;
                break;
            case 16:
                if (a & 2) b += 224;
                b -= c + 530;
                break;
            case 17:
                c ^= (a << 7) - b;
                if (a & 4) b += 171;
                if (a & 4096) b += 563;
                break;
            case 18:
                a ^= c * 859077u;
                c ^= (a << 14) - b;
                b ^= data[(a + 1141) & 255];
                a = a < c ? a + 1702 : c - a;
                break;
            case 19:
                c = c * 927143u + 1;
                c ^= (a << 4) - b;
                a ^= c * 87015u;
                a ^= c * 158647u;
                break;
            case 20:
                c = c * 244671u + 1;
                a += b ^ 1987;
                data[(b ^ 747) & 255] += c;
                break;
            case 21:
                b -= c + 17;
                a ^= c * 439297u;
                b ^= data[(a + 1513) & 255];
                data[(b ^ 2320) & 255] += c;
                break;
            case 22:
                a ^= c * 724035u;
                b ^= data[(a + 3893) & 255];
                data[(b ^ 2683) & 255] += c;
                c = c * 775721u + 1;
                break;
            case 23:
                if (a & 4096) b += 408;
                c ^= (a << 7) - b;
                break;
            case 24:
                if (a & 4096) b += 64;
                c += a >> 2;
                break;
            case 25:
                if (a & 32) b += 113;
                a = (a & 0x99c9430u) + b;
                a += b ^ 420;
                break;
            case 26:
                data[(b ^ 620) & 255] += c;
                b ^= data[(a + 416) & 255];
                break;
            case 27:
                data[(b ^ 105) & 255] += c;
                b = (b << 28) | (b >> (32 - 28));
                c += a >> 10;
                c ^= (a << 3) - b;
                break;
            case 28:
                a = (a & 0x9a2ef80u) + b;
                a = (a & 0x7961fd9u) + b;
                b = (b << 4) | (b >> (32 - 4));
                if (a & 16384) b += 492;
                break;
            case 29:
                b -= c + 352;
                a ^= c * 107151u;
                a = a < c ? a + 1404 : c - a;
                a = a < c ? a + 1085 : c - a;
                if (a & 32) b += 529;
                break;
            case 30:
                c += a >> 9;
                a = (a & 0x2587be6u) + b;
                break;
            case 31:
                b ^= data[(a + 1221) & 255];
                c = c * 905261u + 1;
                break;
            case 32:
                a = a < c ? a + 3463 : c - a;
                b -= c + 2124;
                break;
            case 33:
                a ^= c * 372975u;
                c += a >> 9;
                b ^= data[(a + 3192) & 255];
                b ^= data[(a + 1351) & 255];
                break;
            case 34:
                data[(b ^ 3324) & 255] += c;
                c += a >> 13;
                c += a >> 14;
                break;
            case 35:
                a = a < c ? a + 3291 : c - a;
                c += a >> 4;
                b ^= data[(a + 2019) & 255];
                a = (a & 0xbb2313fu) + b;
                a += b ^ 115;
                break;
            case 36:
                if (a & 256) b += 199;
                a = a < c ? a + 2479 : c - a;
                a = (a & 0x727d834u) + b;
                a = a < c ? a + 1432 : c - a;
                break;
            case 37:
                b = (b << 8) | (b >> (32 - 8));
                b = (b << 8) | (b >> (32 - 8));
                if (a & 64) b += 346;
                c += a >> 8;
                break;
            case 38:
                if (a & 2048) b += 819;
                c = c * 88897u + 1;
                break;
            case 39:
                c ^= (a << 13) - b;
                a = a < c ? a + 3073 : c - a;
                break;
            case 40:
                if (a & 32) b += 445;
                c = c * 348669u + 1;
                b = (b << 26) | (b >> (32 - 26));
                break;
            case 41:
                if (a & 4096) b += 762;
                b = (b << 24) | (b >> (32 - 24));
                a ^= c * 178261u;
                a ^= c * 28887u;
                a ^= c * 619511u;
                break;
            case 42:
                c = c * 153275u + 1;
                data[(b ^ 3386) & 255] += c;
                data[(b ^ 1943) & 255] += c;
                c = c * 983005u + 1;
                a = (a & 0x27e9e06u) + b;
                break;
            case 43:
                a += b ^ 59;
                a = a < c ? a + 2662 : c - a;
                b = (b << 17) | (b >> (32 - 17));
                break;
            case 44:
                c ^= (a << 14) - b;
                c += a >> 14;
                c += a >> 1;
                break;
            case 45:
                c += a >> 5;
                b ^= data[(a + 986) & 255];
                data[(b ^ 1336) & 255] += c;
                b -= c + 2230;
                break;
            case 46:
                a ^= c * 63863u;
                a = a < c ? a + 1450 : c - a;
                if (a & 8192) b += 847;
                b ^= data[(a + 536) & 255];
                b ^= data[(a + 622) & 255];
                break;
            case 47:
                if (a & 32) b += 624;
                a += b ^ 3179;
                break;
            case 48:
                a ^= c * 148435u;
                if (a & 8) b += 570;
                a += b ^ 1336;
                break;
            case 49:
                b = (b << 29) | (b >> (32 - 29));
                b ^= data[(a + 233) & 255];
                c += a >> 4;
                b -= c + 173;
                b = (b << 17) | (b >> (32 - 17));
                break;
            case 50:
                b ^= data[(a + 115) & 255];
                b = (b << 15) | (b >> (32 - 15));
                a = (a & 0x9ccea09u) + b;
                b ^= data[(a + 2483) & 255];
                b ^= data[(a + 817) & 255];
                break;
            case 51:
                if (a & 32768) b += 520;
                c += a >> 12;
                b ^= data[(a + 3591) & 255];
                b -= c + 3780;
                break;
            case 52:
                if (a & 16) b += 427;
                b = (b << 13) | (b >> (32 - 13));
                if (a & 1024) b += 75;
                break;
            case 53:
                c ^= (a << 2) - b;
                c += a >> 11;
                b -= c + 3212;
                break;
            case 54:
                a ^= c * 985143u;
                a = a < c ? a + 2636 : c - a;
                break;
            case 55:
                a ^= c * 265403u;
                a ^= c * 1014545u;
                if (a & 128) b += 765;
                b = (b << 13) | (b >> (32 - 13));
                break;
            case 56:
                a ^= c * 1037955u;
                c = c * 872881u + 1;
                c += a >> 3;
                a = a < c ? a + 1768 : c - a;
                b ^= data[(a + 1655) & 255];
                break;
            case 57:
                c ^= (a << 4) - b;
                a = (a & 0x518ae45u) + b;
                b = (b << 24) | (b >> (32 - 24));
                a = (a & 0x4fcd55u) + b;
                break;
            case 58:
                b ^= data[(a + 1879) & 255];
                if (a & 1) b += 394;
                a = (a & 0x84768b8u) + b;
                data[(b ^ 1211) & 255] += c;
                break;
            case 59:
                b = (b << 30) | (b >> (32 - 30));
                c += a >> 15;
                break;
            case 60:
                b = (b << 9) | (b >> (32 - 9));
                b -= c + 163;
                break;
            case 61:
                b -= c + 3096;
                a ^= c * 859599u;
                c ^= (a << 14) - b;
                break;
            case 62:
                c ^= (a << 3) - b;
                b ^= data[(a + 3765) & 255];
                b ^= data[(a + 2338) & 255];
                if (a & 1024) b += 92;
                break;
            case 63:
                a += b ^ 3276;
                a = a < c ? a + 751 : c - a;
                c ^= (a << 15) - b;
                b = (b << 9) | (b >> (32 - 9));
                break;
            case 64:
                c = c * 92869u + 1;
                b -= c + 344;
                break;
            case 65:
                b = (b << 9) | (b >> (32 - 9));
                b = (b << 15) | (b >> (32 - 15));
                a += b ^ 1390;
                break;
            case 66:
                b -= c + 2547;
                a ^= c * 45305u;
                b ^= data[(a + 2907) & 255];
                c += a >> 2;
                a ^= c * 274617u;
                break;
            case 67:
                a ^= c * 211569u;
                b -= c + 2576;
                break;
            case 68:
                b ^= data[(a + 3111) & 255];
                c += a >> 5;
                if (a & 32) b += 278;
                a = (a & 0xcdbde74u) + b;
                break;
            case 69:
                b -= c + 152;
                a += b ^ 76;
                break;
            case 70:
                b ^= data[(a + 1945) & 255];
                c += a >> 15;
                if (a & 8) b += 675;
                break;
            case 71:
                c = c * 519047u + 1;
                b ^= data[(a + 3419) & 255];
                c ^= (a << 9) - b;
                b -= c + 2817;
                c += a >> 4;
                break;
            case 72:
                c += a >> 14;
                a = a < c ? a + 2986 : c - a;
                c = c * 146505u + 1;
                c ^= (a << 6) - b;
                break;
            case 73:
                a ^= c * 14947u;
                b = (b << 21) | (b >> (32 - 21));
                break;
            case 74:
                c ^= (a << 3) - b;
                a += b ^ 347;
                c = c * 882135u + 1;
                c ^= (a << 14) - b;
                break;
            case 75:
                data[(b ^ 993) & 255] += c;
                a = a < c ? a + 1201 : c - a;
                a += b ^ 1882;
                a ^= c * 165185u;
                break;
            case 76:
                if (a & 1) b += 270;
                a = (a & 0xf637a46u) + b;
                a = (a & 0xf8fdd20u) + b;
                b ^= data[(a + 1326) & 255];
                break;
            case 77:
                a += b ^ 3956;
                b -= c + 893;
                a = (a & 0x2ed6541u) + b;
                break;
            case 78:
                a = (a & 0x61b2480u) + b;
                b = (b << 16) | (b >> (32 - 16));
                break;
            case 79:
                b ^= data[(a + 2688) & 255];
                c += a >> 4;
                b ^= data[(a + 3180) & 255];
                a += b ^ 373;
                break;
            case 80:
                b = (b << 5) | (b >> (32 - 5));
                c ^= (a << 10) - b;
                a += b ^ 1614;
                a += b ^ 1228;
                break;
            case 81:
                c = c * 244119u + 1;
                b = (b << 19) | (b >> (32 - 19));
                b ^= data[(a + 3495) & 255];
                a ^= c * 689485u;
                break;
            case 82:
                a = (a & 0xb87e4e2u) + b;
                if (a & 16) b += 291;
                a = a < c ? a + 2535 : c - a;
                c = c * 151783u + 1;
                a += b ^ 3379;
                break;
            case 83:
                a = a < c ? a + 2872 : c - a;
                b ^= data[(a + 571) & 255];
                b ^= data[(a + 3084) & 255];
                b ^= data[(a + 2329) & 255];
                a += b ^ 3385;
                break;
            case 84:
                b = (b << 1) | (b >> (32 - 1));
                a += b ^ 546;
                c = c * 378229u + 1;
                break;
            case 85:
                c ^= (a << 14) - b;
                if (a & 2) b += 643;
                break;
            case 86:
                c = c * 557259u + 1;
                c = c * 256439u + 1;
                break;
            case 87:
                b -= c + 14;
                if (a & 4) b += 767;
                b ^= data[(a + 3678) & 255];
                b ^= data[(a + 377) & 255];
                c = c * 551541u + 1;
                break;
            case 88:
                a = a < c ? a + 3018 : c - a;
                if (a & 256) b += 829;
                break;
            case 89:
                b -= c + 962;
                a = a < c ? a + 3099 : c - a;
                break;
            case 90:
                c += a >> 12;
                c = c * 1023133u + 1;
                if (a & 32768) b += 866;
                break;
            case 91:
                b = (b << 16) | (b >> (32 - 16));
                c = c * 301275u + 1;
                a += b ^ 2528;
                c = c * 673985u + 1;
                c += a >> 2;
                break;
            case 92:
                a = (a & 0x41023aeu) + b;
                c = c * 779319u + 1;
                a = a < c ? a + 1247 : c - a;
                break;
            case 93:
                a += b ^ 1976;
                a += b ^ 1990;
                b -= c + 3984;
                break;
            case 94:
                a = a < c ? a + 892 : c - a;
                c = c * 513397u + 1;
                break;
            case 95:
                a = a < c ? a + 2116 : c - a;
                b -= c + 1904;
                if (a & 16384) b += 786;
                b = (b << 29) | (b >> (32 - 29));
                break;
            case 96:
                b -= c + 352;
                if (a & 1) b += 297;
                if (a & 4) b += 840;
                break;
            case 97:
                b -= c + 1585;
                c += a >> 15;
                c += a >> 2;
                data[(b ^ 370) & 255] += c;
                a ^= c * 783797u;
                break;
            case 98:
                a = (a & 0x21f267eu) + b;
                data[(b ^ 3360) & 255] += c;
                c = c * 533457u + 1;
                b -= c + 3633;
                break;
            case 99:
                a = a < c ? a + 1496 : c - a;
                c += a >> 8;
                break;
            case 100:
                c ^= (a << 1) - b;
                a ^= c * 3765u;
                if (a & 16384) b += 416;
                b -= c + 2979;
                a ^= c * 436397u;
                break;
            case 101:
                c ^= (a << 6) - b;
                b = (b << 27) | (b >> (32 - 27));
                a = (a & 0x721f8u) + b;
                a = (a & 0xc0301b2u) + b;
                break;
            case 102:
                c ^= (a << 2) - b;
                c += a >> 12;
                a += b ^ 3693;
                a = a < c ? a + 1188 : c - a;
                break;
            case 103:
                a = (a & 0x10a25b1u) + b;
                c ^= (a << 7) - b;
                data[(b ^ 313) & 255] += c;
                a = (a & 0xece8079u) + b;
                break;
            case 104:
                b -= c + 3500;
                a += b ^ 1150;
                b = (b << 2) | (b >> (32 - 2));
                c = c * 299497u + 1;
                c = c * 981037u + 1;
                break;
            case 105:
                c += a >> 5;
                c ^= (a << 9) - b;
                a = (a & 0x3099f27u) + b;
                break;
            case 106:
                c ^= (a << 15) - b;
                a += b ^ 3326;
                c = c * 419475u + 1;
                b ^= data[(a + 2250) & 255];
                break;
            case 107:
                a = a < c ? a + 331 : c - a;
                a += b ^ 3824;
                a = a < c ? a + 1683 : c - a;
                break;
            case 108:
                data[(b ^ 3083) & 255] += c;
                a ^= c * 675797u;
                b -= c + 1989;
                a += b ^ 3736;
                b ^= data[(a + 522) & 255];
                break;
            case 109:
                if (a & 8192) b += 352;
                b -= c + 1220;
                b -= c + 3028;
                break;
            case 110:
                c ^= (a << 11) - b;
                c += a >> 5;
                if (a & 4096) b += 123;
                a ^= c * 674449u;
                break;
            case 111:
                b = (b << 7) | (b >> (32 - 7));
                b ^= data[(a + 3711) & 255];
                if (a & 128) b += 464;
                break;
            case 112:
                if (a & 8192) b += 143;
                b ^= data[(a + 789) & 255];
                c += a >> 2;
                a ^= c * 358567u;
                break;
            case 113:
                a = (a & 0x3d37664u) + b;
                a = (a & 0x4223b8au) + b;
                break;
            case 114:
                a += b ^ 3071;
                c ^= (a << 7) - b;
                c ^= (a << 12) - b;
                break;
            case 115:
                c ^= (a << 5) - b;
                a = (a & 0xc08a58du) + b;
                a += b ^ 2041;
                break;
            case 116:
                data[(b ^ 3964) & 255] += c;
                a = (a & 0x203943fu) + b;
                c = c * 527849u + 1;
                b ^= data[(a + 2579) & 255];
                break;
            case 117:
                b = (b << 9) | (b >> (32 - 9));
                c += a >> 7;
                c ^= (a << 11) - b;
                break;
            case 118:
                c ^= (a << 5) - b;
                a += b ^ 522;
                a += b ^ 1742;
                a = a < c ? a + 3129 : c - a;
                if (a & 32768) b += 1;
                break;
            case 119:
                c ^= (a << 15) - b;
                b ^= data[(a + 3504) & 255];
                break;
            default:
                a ^= 1;
        }
    }
    return a + b + c;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 300);
    enum { kCode = 20000 };
    static uint8_t code[kCode];
    for (int i = 0; i < kCode; i++) code[i] = (uint8_t)random_below(124);
    uint32_t sum = 1;
    for (int r = 0; r < rounds; r++) sum = run(code, kCode, sum);
    print_checksum("bigswitch", checksum_add(sum, checksum_bytes(data, sizeof data)));
    return 0;
}
