"""Kanji of names that are one and the same to whoever searches: old forms, vulgar forms, look-alikes.

Sources: the old forms in brackets of the list of characters for general use (常用漢字表, 2010), the
permitted variants of the list for names (人名用漢字別表第二), and the forms that registries and
municipal systems hand over for the usual family names (渡邉, 髙, 﨑, 𠮷 …). NFKC folds only what
Unicode calls compatible (神 U+FA19 → 神); the rest needs this table.

A group is one word: its first character is the key, the others fold into it. Only search keys are
folded; a name stays as it was typed.
"""

from __future__ import annotations

# Family and given names; several forms in daily use side by side.
_NAMES = """
辺邉邊 斉齋齊斎 高髙 崎﨑嵜碕﨏 浜濱濵 広廣 沢澤 島嶋嶌嶹陦 恵惠 真眞 国國囯圀 徳德悳 桜櫻 滝瀧 竜龍
条條 豊豐 吉𠮷 富冨 栄榮 髪髮 瀬瀨 昇曻 館舘 柳栁桺 曽曾 角⻆ 松枩 峰峯 崗岡 関關𨳝 黒黑 郎郞 朗朖
梅楳 清淸 静靜 青靑 緑綠 録錄 禄祿 礼禮 実實 寿壽 寛寬 巌巖嵒 穂穗 瑶瑤 遥遙 薫薰 勲勳 衛衞 円圓圎
学學斈 覚覺 桧檜 桑桒 鶴鸖靏靎 亀龜 塩鹽 藤籐 蔵藏 芦蘆 苅刈 蒋蔣 籠篭 槙槇 梁樑 橋槗𣘺 柿杮 鉄鐵銕
鋳鑄 銭錢 鎌鐮 剣劍剱劒劔 絵繪 継繼 経經 総總 縄繩 県縣 権權 検檢 歓歡 勧勸 観觀 顕顯 厳嚴 戸戶
穴宂 船舩 野埜 原厡 彦彥 暁曉 晃晄 晋晉 暦曆 歴歷 将將 奨奬 荘莊庄 装裝 壮壯 状狀 専專 伝傳 仏佛
払拂 仮假 会會 体體躰 価價 倹儉 来來 万萬 与與 両兩 並竝 乗乘 亜亞 争爭 兎兔菟 児兒 内內 凛凜 凉涼
処處 刃刄 剰剩 励勵 労勞 効效 区區 医醫 単單 参參叁 双雙 収收 叙敍敘 号號 台臺 啓啟 喜㐂 営營 嘱囑
囲圍 図圖 団團 圧壓 堕墮 塁壘 増增 壊壞 壌壤 変變 奥奧 嬢孃 宝寶寳 寝寢 対對 尭堯 尽盡 届屆 属屬
岳嶽 峡峽 巣巢 帯帶 帰歸皈 庁廳 応應 恒恆 恋戀 悦悅 惧懼 慎愼 懐懷 戦戰 戯戲 抜拔 択擇 担擔 拝拜
拡擴 挙擧 挟挾 掲揭 掻搔 揺搖 摂攝 撃擊 数數 断斷 昼晝 晩晚 枢樞 桟棧 楼樓 楽樂 概槪 様樣 横橫
欠缺 欧歐 殴毆 残殘 殻殼 毎每 気氣 涙淚 浄淨 浅淺 済濟 渉涉 渇渴 渓溪 温溫 湾灣 湿濕 満滿 潜潛濳
灯燈 点點 為爲 焼燒 熙熈煕 独獨 狭狹 猟獵 献獻 瓶甁 産產 画畫畵 畳疊疉 痩瘦 発發 皐皋 盗盜 砕碎
禅禪 秘祕 称稱 稲稻 穏穩 窃竊 竪豎 粋粹 粛肅 糸絲 聴聽 声聲 胆膽 脳腦 臓臟 舎舍 芸藝 茎莖 薬藥
虚虛 虫蟲 蚕蠶 蛍螢 覧覽 触觸 訳譯 証證 誉譽 読讀 説說 謡謠 譲讓 頼賴 賛贊 転轉 軽輕 辞辭 弁辨辯瓣
逓遞 遅遲 郷鄕 酔醉 釈釋 鉱鑛 鎮鎭 閲閱 闘鬭 陥陷 険險 随隨 隠隱 隣鄰 雑雜 霊靈 頬頰 顔顏 飲飮
餅餠 駅驛 駆驅 騒騷 験驗 髄髓 鶏鷄 鷗鴎 麦麥 黄黃 黙默 歯齒 齢齡 鯵鰺 蛎蠣 桝枡 冴冱 函凾 卯夘
却卻 即卽 厨廚 呂吕 岸㟁 弥彌 強强 弾彈 当當 徴徵 惣揔 旧舊 昂昻 杯盃 柏栢 栃杤 栖棲 歳歲 歩步
氷冰 沖冲 淵渊渕 犠犧 町甼 砺礪 禰祢 竈竃 緒緖 縁緣 聡聰 草艸 薮藪 蝿蠅 蟹蠏 釜釡 鋭銳 鑑鑒 門门
間閒 乱亂 併倂 偽僞 剤劑 巻卷 圏圈 壱壹 写寫 廃廢 径徑 従從 悪惡 悩惱 惨慘 戻戾 挿插 捜搜 拠據
勅敕 滞滯 渋澁澀 炉爐 獣獸 痴癡 研硏 縦縱 続續 繊纖 缶罐 艶艷 蛮蠻 褒襃 予豫 弐貳 売賣 践踐 醸釀
錬鍊 覇霸 翻飜 余餘 麺麵 党黨 莱萊 頸頚 侠俠 呑吞 噌噲 壷壺 撹攪 晒曬 梼檮 涛濤 濾沪 砿礦 箪簞
篠筱 翆翠 耀燿 諌諫 讃讚 賎賤 醤醬 鴬鶯 鹸鹼 麹麴 灌潅 焔焰 薗園 桿杆 藁稾 蘇甦 鈎鉤 髯髥 朶朵
崙崘 峩峨 裡裏 邨村 畊耕 畧略 羣群 脉脈 龝秋穐 咲唉 姉姊 姫姬 妍姸 穣穰 繍繡 晟晠 曵曳 埒埓 迺廼
珎珍 珱瓔 讐讎 厠廁
"""


def _table(groups: str) -> dict[int, str]:
    table = {}
    for group in groups.split():
        for character in group[1:]:
            if character != group[0]:
                table[ord(character)] = group[0]
    return table


FOLDED = _table(_NAMES)
