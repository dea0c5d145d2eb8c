"""Domain and aspect: the table of subjects loads, and sentences of our own get the right judgement.

Each case: sentence | trigger | type:mode | entry's domain/aspect | sectors;offices of the parties | expected
domain/aspect (no aspect: any). The first two sets were written before the first run; the weights were
then corrected on the first alone. The second and third were judged unseen (domain .90 and .90; aspect .73 and
.79), then their errors led to general changes. The fourth was judged unseen (domain .93; aspect 6 of 7) and its
errors were left as they are. The fifth to seventh, of news-like sentences where the speaker's office, a reason or
another clause draws away from the subject, were judged unseen one after the other (domain .90, .85, .90; aspect
12 of 13, 8 of 11, 6 of 8); each time general errors were corrected before the next was written.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from detente.code.topic import Topics, load_topics
from detente.code.tree import Tree
from detente.errors import DataError
from detente.lang.base import Parse
from detente.model import ASPECTS, DOMAINS

FIRST = """
Министр обороны Казахстана прибыл с визитом в Турцию.|визитом|CONSULT:visit|/contact|military,government;defence_minister|military/contact
Лавров и Чавушоглу обсудили поставки С-400 в Турцию.|обсудили|CONSULT:meet|/contact|government;foreign_minister|military/arms_industry
Россия и Турция подписали соглашение о строительстве АЭС «Аккую».|соглашение|AGREE|/agreement||energy
Вашингтон ввел новые санкции против российских банков.|санкции|SANCTION|economic/||economic
Германия экстрадировала в Россию гражданина, подозреваемого в мошенничестве.|экстрадировала|COOPERATE|legal/||legal
США ввели санкции против России за вмешательство в выборы.|санкции|SANCTION|economic/||economic
Президенты Казахстана и Узбекистана обсудили рост товарооборота и открытие новых торговых домов.|обсудили|CONSULT:meet|/contact|government;head_of_state|economic
Корабли ВМФ России и Китая провели совместные учения в Балтийском море.|учения|COOPERATE|military/exercise|military|military/exercise
Украина обвинила Россию в кибератаке на энергосети.|обвинила|ACCUSE|diplomatic/|government|intelligence_cyber
Турция отправила в Сомали самолет с гуманитарной помощью.|отправила|AID|humanitarian/||humanitarian
Япония выразила протест в связи с российскими учениями на Курилах.|протест|ACCUSE|diplomatic/||military/exercise
Армения и Азербайджан договорились о делимитации границы.|договорились|AGREE|/||territory
США передали Украине противотанковые комплексы Javelin.|передали|AID|/||military/arms_industry
Польша выслала четырех российских дипломатов.|выслала|SANCTION:expel|diplomatic/||diplomatic
Путин поздравил Эрдогана с победой на выборах.|поздравил|SUPPORT|/|government|diplomatic
Казахстан запретил ввоз помидоров из Киргизии.|запретил|SANCTION|economic/||economic
Израильские ВВС нанесли удар по сирийскому аэродрому.|удар|ASSAULT:aerial|military/operation|military|military/operation
Суд в Москве арестовал гражданина США по делу о шпионаже.|арестовал|COERCE:arrest|legal/|judiciary|legal
Министры энергетики России и Саудовской Аравии встретились в Вене.|встретились|CONSULT:meet|/contact|government;minister|energy
Казахские студенты получат стипендии для обучения в университетах Венгрии, сообщило правительство Венгрии.|стипендии|AID|/||culture_education
Россия разместила в Армении истребители МиГ-29.|разместила|MOBILIZE:weapons|military/operation||military/basing
США развернут в Румынии дополнительные системы ПРО.|развернут|COOPERATE|military/basing||military/basing
Турецкие инструкторы начали подготовку военнослужащих Азербайджана.|подготовку|AID|military/training_education|military|military/training_education
Генпрокуратура России направила запрос о выдаче бизнесмена из Великобритании.|запрос|REQUEST|/|judiciary|legal
Глава МИД Ирана осудил ракетный удар США по Сирии.|осудил|ACCUSE|diplomatic/|government;foreign_minister|military/operation
Россия и Казахстан договорились о совместном использовании космодрома Байконур.|договорились|AGREE|/||other
Роскосмос и НАСА подписали соглашение о лунной станции.|соглашение|AGREE|/agreement||other
Газпром остановил поставки газа Украине.|остановил|SANCTION:discontinue|economic/|company|energy
Катар поблагодарил Турцию за поддержку в ходе кризиса.|поблагодарил|SUPPORT|/||diplomatic
МИД России вызвал посла Польши из-за сноса памятников советским воинам.|вызвал|ACCUSE|diplomatic/||culture_education
Эрдоган и Меркель по телефону обсудили ситуацию с беженцами.|обсудили|CONSULT:phone|/contact|government;head_of_state|humanitarian
Россия поставит Индии пять полков С-400 по контракту.|поставит|COOPERATE|economic/||military/arms_industry
США приостановили военную помощь Пакистану.|приостановили|SANCTION:discontinue|diplomatic/||military
Китай призвал КНДР отказаться от ядерных испытаний.|призвал|REQUEST:change|diplomatic/||military
Вьетнам и Китай провели переговоры о спорных островах.|переговоры|CONSULT:meet|/contact||territory
МВФ выделил Украине транш в миллиард долларов.|выделил|AID|economic/||economic
Таджикистан и Россия подписали план военного сотрудничества на 2018 год.|подписали|AGREE|/agreement||military/agreement
Делегация академии Генштаба Китая посетила Белоруссию.|посетила|CONSULT:visit|/contact||military/training_education
Начальник Генштаба ВС РФ встретился в Баку с главнокомандующим силами НАТО.|встретился|CONSULT:meet|/contact|military;chief_of_staff|military/contact
Египет разрешил России использовать свои авиабазы.|разрешил|COOPERATE|/||military/basing
Литва объявила персоной нон грата российского дипломата за шпионаж.|объявила|SANCTION:expel|diplomatic/||diplomatic
Россия ответила на высылку дипломатов из США.|высылку|SANCTION:expel|diplomatic/||diplomatic
Узбекистан и Таджикистан возобновили авиасообщение после 25 лет перерыва.|возобновили|COOPERATE|economic/||economic
Пентагон заявил об опасном перехвате американского самолета-разведчика российским истребителем.|перехвате|COERCE:restrict|military/operation|military|military/operation
Киргизия попросила Россию предоставить грант на закупку вооружений.|попросила|REQUEST:assist|diplomatic/||military/arms_industry
Грузия и США подписали меморандум об обмене разведданными.|меморандум|AGREE|/agreement||intelligence_cyber
Хакеры из КНДР взломали серверы южнокорейских банков.|взломали|COERCE:cyber|intelligence_cyber/||intelligence_cyber
Стороны обменялись пленными: Украина передала 73 человека, Россия вернула летчика.|обменялись|RETREAT:release|/||military/operation
Назначенный послом России дипломат вручил верительные грамоты президенту Сербии.|вручил|CONSULT:meet|/contact||diplomatic
Азербайджанская армия обстреляла армянские позиции.|обстреляла|ASSAULT:heavy_weapons|military/operation|military|military/operation
Нидерланды потребовали от России признать ответственность за крушение MH17.|потребовали|REQUEST:change|diplomatic/||legal
Иран и МАГАТЭ обсудили ядерную сделку.|обсудили|CONSULT:meet|/contact||diplomatic
Франция предложила провести в Париже конференцию по климату с участием Китая.|предложила|REQUEST:meet|diplomatic/||other
Россия и Белоруссия подписали соглашение о сотрудничестве в области космоса.|соглашение|AGREE|/agreement||other
Болгария отказалась пропустить российские самолеты с гуманитарным грузом в Сирию.|отказалась|REJECT:assist|diplomatic/||humanitarian
Министр культуры Франции посетил Москву на открытие выставки.|посетил|CONSULT:visit|/contact|government;minister|culture_education
Премьер Венгрии обсудил с Путиным строительство новых энергоблоков АЭС «Пакш».|обсудил|CONSULT:meet|/contact|government|energy
Казахстан ввел войска на границу с Киргизией.|ввел|MOBILIZE:troops|military/operation||military/operation
Саудовская Аравия закрыла границу с Катаром.|закрыла|SANCTION|diplomatic/||territory
Индия и Пакистан обвинили друг друга в нарушении режима прекращения огня в Кашмире.|обвинили|ACCUSE|diplomatic/||military/operation
Британия обвинила Россию в отравлении Скрипаля.|обвинила|ACCUSE|diplomatic/||intelligence_cyber
Турция ратифицировала соглашение о Турецком потоке с Россией.|ратифицировала|AGREE|/agreement||energy
Китай выделил Киргизии кредит на строительство железной дороги.|выделил|AID|economic/||economic
Молдавия выразила соболезнования России в связи с гибелью людей при пожаре.|соболезнования|SUPPORT|/||diplomatic
Спасатели МЧС России прибыли в Турцию для помощи пострадавшим от землетрясения.|прибыли|AID|humanitarian/||humanitarian
Латвия не пустила российского певца на фестиваль.|пустила|COERCE:ban|diplomatic/||culture_education
США обвинили Китай в краже технологий и киберпреступлениях.|обвинили|ACCUSE|diplomatic/||intelligence_cyber
ФСБ задержала украинского военного, собиравшего данные о Черноморском флоте.|задержала|COERCE:arrest|legal/|security|legal
Россия и Египет договорились возобновить прямые рейсы.|договорились|AGREE|/||economic
Казахстан и Турция договорились производить беспилотники Anka.|договорились|AGREE|/||military/arms_industry
Турция сняла запрет на импорт российской пшеницы.|сняла|RETREAT:access|economic/||economic
Стороны подписали ряд документов о сотрудничестве Белоруссии и Китая в сфере образования.|подписали|AGREE|/agreement||culture_education
Россия и США обсудили разграничение полетов в небе Сирии для предотвращения инцидентов между военными.|обсудили|CONSULT:meet|/contact|military|military/operation
В Грозном казахстанские и российские спецназовцы тренировались на базе учебного центра.|тренировались|COOPERATE|military/exercise|military|military/exercise
Азербайджан закупил у Израиля беспилотники Harop.|закупил|COOPERATE|economic/||military/arms_industry
Норвегия продлила пребывание американских морпехов на базе Вернес.|продлила|AGREE|/||military/basing
ЕС отменил визы для граждан Украины.|отменил|RETREAT:access|diplomatic/||diplomatic
Президент Филиппин пригрозил США разорвать соглашение о визитах военных.|пригрозил|THREATEN|diplomatic/|government|military/agreement
Эстония потребовала от России возвращения похищенного сотрудника спецслужб.|потребовала|REQUEST:yield|diplomatic/||intelligence_cyber
Китай построит в Узбекистане солнечную электростанцию.|построит|AGREE|/||energy
""".strip().splitlines()  # noqa: E501

SECOND = """
Замминистра обороны РФ обсудил с турецким коллегой ситуацию в Идлибе.|обсудил|CONSULT:meet|/contact|military,government;|military/contact
Сербия получила от России шесть истребителей МиГ-29.|получила|AID|/||military/arms_industry
Вьетнам закупил у Индии ракеты БраМос.|закупил|COOPERATE|economic/||military/arms_industry
Иран приговорил американского студента к тюремному сроку.|приговорил|SANCTION:convict|legal/||legal
Белоруссия и Россия согласовали цену на газ.|согласовали|AGREE|/||energy
Япония и Индия подписали соглашение о мирном атоме.|соглашение|AGREE|/agreement||energy
Правительство Китая подало жалобу в ВТО на американские пошлины.|жалобу|ACCUSE|diplomatic/|government|economic
Казахстан направил в Афганистан муку в качестве гуманитарной помощи.|направил|AID|humanitarian/||humanitarian
МИД Турции осудил сожжение Корана в Швеции.|осудил|ACCUSE|diplomatic/|government|culture_education
Россия пообещала Никарагуа поставить танки Т-72.|пообещала|AGREE|/||military/arms_industry
Посол США посетил раненых украинских солдат в киевском госпитале.|посетил|CONSULT:visit|/contact|government;ambassador|humanitarian
Глава Росатома встретился с президентом Венгрии.|встретился|CONSULT:meet|/contact|company|energy
Китай и Россия начали военно-морские маневры в Японском море.|маневры|COOPERATE|military/exercise||military/exercise
НАТО разместит в Литве многонациональный батальон.|разместит|AGREE|/||military/basing
Корейская Народная армия запустила ракету в сторону Японии.|запустила|MOBILIZE:weapons|military/operation|military|military/operation
Курсанты из Туркмении обучаются в военных вузах Белоруссии.|обучаются|COOPERATE|/||military/training_education
Россия передала Узбекистану осужденных для отбывания наказания.|передала|COOPERATE|legal/||legal
Эстония арестовала агента ГРУ.|арестовала|COERCE:arrest|legal/|security|legal
Германия обвинила российские спецслужбы в хакерской атаке на бундестаг.|обвинила|ACCUSE|diplomatic/||intelligence_cyber
Президент Азербайджана потребовал вывода армянских войск из Карабаха.|потребовал|REQUEST:yield|diplomatic/|government|military/operation
Турция и Ливия подписали меморандум о разграничении морских зон.|меморандум|AGREE|/agreement||territory
Аргентина вновь потребовала от Великобритании начать переговоры о суверенитете над Фолклендскими островами.|потребовала|REQUEST:meet|diplomatic/||territory
Болгария передала Украине снаряды.|передала|AID|/||military/arms_industry
Украина запретила въезд российским артистам.|запретила|COERCE:ban|diplomatic/||culture_education
США внесли в санкционный список пять российских хакеров.|внесли|SANCTION|economic/||economic
Глава Минфина США обсудил с китайским вице-премьером торговую сделку.|обсудил|CONSULT:meet|/contact|government;minister|economic
Турция начала операцию «Источник мира» на севере Сирии.|операцию|ASSAULT|military/operation||military/operation
Саудовская Аравия перехватила йеменскую ракету.|перехватила|COERCE|military/operation||military/operation
Молдавия выслала из страны российского вице-премьера.|выслала|SANCTION:expel|diplomatic/||diplomatic
Премьер-министр Израиля позвонил Путину и обсудил координацию военных в Сирии.|обсудил|CONSULT:phone|/contact|government|military/contact
Казахстан и Россия ратифицировали договор о военном сотрудничестве.|ратифицировали|AGREE|/agreement||military/agreement
В Душанбе открылась российская школа, построенная правительством России.|построенная|AID|/||culture_education
Китай поставил в Сербию миллион доз вакцины.|поставил|AID|economic/||humanitarian
Россия и Таджикистан проведут учение на полигоне «Харбмайдон».|учение|COOPERATE|military/exercise||military/exercise
Киргизия закрыла американскую базу в аэропорту «Манас».|закрыла|RETREAT:withdraw|military/||military/basing
Дания выдала разрешение на прокладку «Северного потока — 2» через свои воды по просьбе России.|разрешение|COOPERATE|/||energy
Мадрид отказался признать независимость Косова.|отказался|REJECT|diplomatic/||territory
Греция выразила протест Турции из-за нарушения воздушного пространства истребителями.|протест|ACCUSE|diplomatic/||military/operation
Белый дом поддержал территориальную целостность Грузии.|поддержал|SUPPORT|/||territory
Турция поддержала Азербайджан.|поддержала|SUPPORT|/||diplomatic
Канада и ЕС подписали соглашение о свободной торговле.|соглашение|AGREE|/agreement||economic
Медведев пригласил премьера Люксембурга посетить Москву.|пригласил|REQUEST:meet|diplomatic/||diplomatic
Украина подала иск против России в Международный суд ООН.|иск|ACCUSE:investigate|legal/||legal
Япония и Россия договорились о совместной хозяйственной деятельности на Курилах.|договорились|AGREE|/||economic
Узбекские и казахские пограничники встретились на границе.|встретились|CONSULT:meet|/contact|security|territory
Армения приобрела у России кредит на покупку «Искандеров».|кредит|AID|economic/||military/arms_industry
Госсекретарь США прибыл в Тбилиси с официальным визитом.|визитом|CONSULT:visit|/contact|government;foreign_minister|diplomatic
Папа римский посетил Армению.|посетил|CONSULT:visit|/contact||diplomatic
Делегация турецкой оборонной компании Aselsan посетила Казахстан.|посетила|CONSULT:visit|/contact|company|military/arms_industry
Белоруссия запретила ввоз украинской свинины.|запретила|SANCTION|economic/||economic
МИД Китая призвал США прекратить поставки оружия Тайваню.|призвал|REQUEST:change|diplomatic/||military/arms_industry
США ввели эмбарго на поставки оружия в Южный Судан.|эмбарго|SANCTION|economic/||military/arms_industry
Россия и Иран создадут совместный банк.|создадут|AGREE|/||economic
Сирийская ПВО сбила израильский беспилотник.|сбила|ASSAULT|military/operation|military|military/operation
Киев обвинил Москву в оккупации Крыма.|обвинил|ACCUSE|diplomatic/||territory
Ирак попросил у Турции увеличить подачу воды в Тигр.|попросил|REQUEST:assist|diplomatic/||other
Франция предоставила убежище российскому художнику.|предоставила|AID|humanitarian/||humanitarian
Украинский суд приговорил двух российских военных к 14 годам.|приговорил|SANCTION:convict|legal/|judiciary|legal
Лидеры России, Ирана и Турции обсудили сирийское урегулирование.|обсудили|CONSULT:multilateral|/contact|government|diplomatic
Черногория вступила в НАТО, подписав протокол с США.|протокол|AGREE|/agreement||military/agreement
Казахстан закупит у России вертолеты Ми-35.|закупит|COOPERATE|economic/||military/arms_industry
Военные врачи Китая и Германии обсудили стандарты военной медицины.|обсудили|CONSULT:meet|/contact|military|military/standards_science
Азербайджан перенимает стандарты НАТО с помощью турецких советников.|помощью|AID|/||military/standards_science
Премьер Киргизии попросил Казахстан упростить проезд грузовиков через границу.|попросил|REQUEST:change|diplomatic/||economic
ВВС США и Польши провели тренировки по дозаправке.|тренировки|COOPERATE|military/exercise|military|military/exercise
Россия вывела самолеты с базы Хмеймим.|вывела|RETREAT:withdraw|military/||military/basing
Чехия задержала россиянина по запросу США.|задержала|COERCE:arrest|legal/||legal
Иран пригрозил США закрыть Ормузский пролив.|пригрозил|THREATEN|diplomatic/||territory
Северная Корея пригрозила нанести ракетный удар по Гуаму.|пригрозила|THREATEN:violence|military/||military/operation
Эрдоган и Трамп обсудили выдачу Гюлена.|обсудили|CONSULT:phone|/contact|government;head_of_state|legal
Казахстан и Китай договорились увеличить поставки нефти по трубопроводу.|договорились|AGREE|/||energy
Россия предложила Турции провести год культуры и туризма.|предложила|REQUEST|diplomatic/||culture_education
Польша и Литва подписали договор о газопроводе GIPL.|договор|AGREE|/agreement||energy
Ливан обвинил Израиль в шпионаже.|обвинил|ACCUSE|diplomatic/||intelligence_cyber
Норвежская разведка обменялась данными с ЦРУ США.|обменялась|COOPERATE|intelligence_cyber/|security|intelligence_cyber
Президенты обсудили вопросы безопасности, торговли, энергетики и образования в ходе переговоров России и Алжира.|обсудили|CONSULT:meet|/contact|government;head_of_state|diplomatic
Министр сельского хозяйства России провел переговоры с министром торговли Турции.|переговоры|CONSULT:meet|/contact|government;minister|economic
Япония направила Индонезии спасателей и палатки после цунами.|направила|AID|humanitarian/||humanitarian
WADA и МОК отстранили, а Германия поддержала отстранение российских спортсменов.|поддержала|SUPPORT|/||culture_education
Россия приостановила участие в договоре по открытому небу из-за действий США.|приостановила|SANCTION|diplomatic/||military/intelligence
""".strip().splitlines()  # noqa: E501

THIRD = """
Казахстан и Турция подписали соглашение о транзите военных грузов.|соглашение|AGREE|/agreement||military/agreement
Главы оборонных ведомств Узбекистана и Пакистана встретились в Исламабаде.|встретились|CONSULT:meet|/contact|military;defence_minister|military/contact
Армения пожаловалась в ЕСПЧ на Азербайджан.|пожаловалась|ACCUSE|diplomatic/||legal
Иранские катера обстреляли британский танкер.|обстреляли|ASSAULT:heavy_weapons|military/operation||military/operation
Туркмения прекратила экспорт газа в Иран.|прекратила|SANCTION:discontinue|economic/||energy
Узбекистан пообещал Афганистану поставлять электроэнергию.|пообещал|AGREE|/||energy
Москва пригрозила Киеву прекратить авиасообщение.|пригрозила|THREATEN:ban|diplomatic/||economic
Мексика отвергла план США построить стену на границе.|отвергла|REJECT|diplomatic/||territory
Президент Сербии поблагодарил Китай за медицинские маски и врачей.|поблагодарил|SUPPORT|/|government;head_of_state|humanitarian
Венгерский министр спорта посетил чемпионат в Астане по приглашению Казахстана.|посетил|CONSULT:visit|/contact|government;minister|culture_education
Канада присоединилась к учениям НАТО в Латвии.|присоединилась|COOPERATE|/||military/exercise
Турецкая компания построит в Казахстане завод по выпуску бронемашин.|построит|AGREE|/|company|military/arms_industry
Израиль передал США извлеченные разведкой данные о ядерном архиве Ирана.|передал|COOPERATE|/||intelligence_cyber
Интерпол отклонил, а Испания одобрила запрос Казахстана об экстрадиции банкира.|одобрила|COOPERATE|/||legal
Путин и Алиев обсудили транспортный коридор «Север — Юг».|обсудили|CONSULT:meet|/contact|government;head_of_state|economic
Италия приостановила экспорт вооружений в Саудовскую Аравию.|приостановила|SANCTION:discontinue|economic/||military/arms_industry
Китайские рыболовные суда задержаны Южной Кореей у спорных островов.|задержаны|COERCE:seize|legal/||legal
Евросоюз ввел персональные санкции против белорусских чиновников.|санкции|SANCTION|economic/||economic
Швеция вызвала посла Китая в связи с похищением издателя.|вызвала|ACCUSE|diplomatic/|government|legal
Южная Корея попросила США помочь с запуском спутника.|попросила|REQUEST:assist|diplomatic/||other
Туркменские офицеры прошли обучение в Италии.|обучение|AID|military/training_education|military|military/training_education
Россия вывела миротворцев из Карабаха по договоренности с Азербайджаном.|вывела|RETREAT:withdraw|military/|military|military/operation
Казахстанская авиакомпания открыла рейс в Стамбул.|открыла|COOPERATE|economic/|company|economic
Глава МИД Грузии обсудил с генсеком НАТО перспективы членства.|обсудил|CONSULT:meet|/contact|government;foreign_minister|diplomatic
Иран заявил протест Пакистану из-за нападения боевиков на пограничников.|протест|ACCUSE|diplomatic/||military/operation
Куба предоставила Италии бригаду врачей для борьбы с эпидемией.|предоставила|AID|humanitarian/||humanitarian
США и Марокко договорились о продаже истребителей F-16.|договорились|AGREE|/||military/arms_industry
Япония ограничила поставки химикатов для южнокорейских полупроводников.|ограничила|SANCTION|economic/||economic
Румыния обвинила российских дипломатов в распространении дезинформации.|обвинила|ACCUSE|diplomatic/||intelligence_cyber
Таджикские и киргизские власти начали переговоры об обмене землями в Баткенской области.|переговоры|CONSULT:meet|/contact|government|territory
Болгария и Северная Македония поспорили, и София заблокировала переговоры соседа с ЕС из-за истории и языка.|заблокировала|REJECT|diplomatic/||culture_education
Монголия разрешила пролет российских бомбардировщиков.|разрешила|COOPERATE|/||military/operation
Бундестаг одобрил отправку в Мали ста немецких солдат.|отправку|MOBILIZE:troops|military/operation|legislature|military/operation
Саудовский король принял премьера Ирака.|принял|CONSULT:visit|/contact|government|diplomatic
Катар вложит пять миллиардов в экономику Турции.|вложит|AGREE|/||economic
Британия сняла подозрения с гражданина Литвы и вернула ему паспорт.|вернула|RETREAT:release|legal/||legal
Азербайджан и Пакистан договорились вместе производить самолеты JF-17.|договорились|AGREE|/||military/arms_industry
Глава Пентагона заверил Эстонию в готовности США ее защищать.|заверил|AGREE|/|military,government;defence_minister|military/agreement
Туркменистан и Казахстан открыли пункт пропуска на границе.|открыли|COOPERATE|/||territory
Президент Кореи и лидер КНДР обсудили денуклеаризацию полуострова.|обсудили|CONSULT:meet|/contact|government;head_of_state|military
""".strip().splitlines()  # noqa: E501

UNSEEN = """
Премьер Армении обвинил Белоруссию в продаже Азербайджану огнеметов «Полонез».|обвинил|ACCUSE|diplomatic/|government;head_of_government|military/arms_industry
Россия списала Киргизии долг в 240 миллионов долларов.|списала|AID|economic/||economic
Узбекские военные врачи прошли стажировку в Турции.|стажировку|AID|/|military|military/training_education
Греция и Египет подписали соглашение об исключительной экономической зоне.|соглашение|AGREE|/agreement||territory
Британский парламент призвал Китай прекратить репрессии в Гонконге.|призвал|REQUEST:change|diplomatic/|legislature|diplomatic
Казахстан и Россия обсудили работу Каспийского трубопроводного консорциума.|обсудили|CONSULT:meet|/contact||energy
Эмираты передали Киргизии бронемашины.|передали|AID|/||military/arms_industry
Турецкая полиция задержала гражданина Ирана по подозрению в убийстве.|задержала|COERCE:arrest|legal/|security|legal
Сеул и Вашингтон отменили совместные маневры.|отменили|REJECT|/||military/exercise
Литовский суд заочно осудил бывшего советского офицера из России.|осудил|SANCTION:convict|legal/|judiciary|legal
Тегеран пожаловался в ООН на убийство физика Израилем.|пожаловался|ACCUSE|diplomatic/||legal
Молдавия попросила Румынию увеличить подачу газа.|попросила|REQUEST:assist|diplomatic/||energy
Президент Туркмении встретился с главой компании «Лукойл» из России.|встретился|CONSULT:meet|/contact|company,government;head_of_state|energy
Россия и США обменялись осужденными Ярошенко и Ридом.|обменялись|RETREAT:release|legal/||legal
Дели запретил 59 китайских приложений, включая TikTok.|запретил|SANCTION|economic/||economic
Германия приняла на лечение украинских раненых.|приняла|AID|humanitarian/||humanitarian
Таджикский и афганский министры связи и транспорта обсудили строительство моста через Пяндж.|обсудили|CONSULT:meet|/contact|government;minister|economic
Венгрия заблокировала заседание комиссии Украина — НАТО из-за закона об образовании и языке.|заблокировала|REJECT|diplomatic/||culture_education
Израиль нанес удары по объектам Ирана в Сирии.|удары|ASSAULT:aerial|military/operation||military/operation
Япония направила Китаю ноту из-за захода кораблей в воды у островов Сенкаку.|ноту|ACCUSE|diplomatic/||territory
Казахстан отправил роту миротворцев в Ливан вместе с Индией.|отправил|COOPERATE|/||military/operation
Корейские компании инвестируют в автозавод в Узбекистане.|инвестируют|COOPERATE|economic/|company|economic
Чехия обвинила ГРУ России во взрывах на складах боеприпасов.|обвинила|ACCUSE|diplomatic/||military
Грузинские и турецкие таможенники обсудили упрощение процедур.|обсудили|CONSULT:meet|/contact||economic
Финляндия и Швеция подали заявки на вступление в НАТО при поддержке Турции.|поддержке|SUPPORT|/||military/agreement
Россия и Индия запустят на орбиту индийского космонавта.|запустят|AGREE|/||other
Черногорская делегация министерства обороны посетила военный полигон в Словении.|посетила|CONSULT:visit|/contact|military|military
Президент Польши посетил Катынь на территории России и возложил венки.|посетил|CONSULT:visit|/contact|government;head_of_state|diplomatic
Турция закрыла проливы для военных кораблей России.|закрыла|COERCE:restrict|diplomatic/||military
Вьетнам потребовал от Китая вывести буровую платформу из спорных вод.|потребовал|REQUEST:yield|diplomatic/||territory
""".strip().splitlines()  # noqa: E501

FIFTH = """
Главнокомандующий силами НАТО в Европе призвал Россию вернуть захваченные у Украины катера и освободить их экипажи.|призвал|REQUEST:yield|diplomatic/|military,government;,|legal
Начальник генштаба Греции обвинил Анкару в нежелании вести диалог.|обвинил|ACCUSE|diplomatic/|military,government;chief_of_staff,|diplomatic
Министр обороны Польши потребовал от Берлина остановить строительство «Северного потока — 2».|потребовал|REQUEST:change|diplomatic/|military,government;defence_minister,|energy
Канада ввела санкции против пяти венесуэльских генералов за нарушение прав человека и подавление протестов.|ввела|SANCTION|economic/|government,military|economic
Совет ЕС продлил ограничительные меры, введенные против России за аннексию Крыма.|продлил|SANCTION|economic/||economic
Вена отозвала своего посла из Анкары после обстрела турецкой армией мирных жителей.|отозвала|SANCTION:withdraw|diplomatic/||diplomatic
Никарагуа признала независимость Абхазии через месяц после войны на Кавказе.|признала|SUPPORT|/||diplomatic
Глава МИД Австрии раскритиковал новые американские санкции против «Северного потока — 2».|раскритиковал|ACCUSE|diplomatic/|government;foreign_minister|energy
Конгресс США потребовал от союзников по НАТО тратить на оборону два процента ВВП.|потребовал|REQUEST:change|diplomatic/|legislature|military/other
Кишинев обвинил Москву в попытке сорвать президентские выборы с помощью хакеров.|обвинил|ACCUSE|diplomatic/||intelligence_cyber
Иран пообещал освободить экипаж задержанного южнокорейского танкера.|пообещал|CONCEDE|diplomatic/||legal
Минск пригрозил Варшаве перекрыть транзит газа в ответ на закрытие границы.|пригрозил|THREATEN|diplomatic/||energy
Сеул попросил Вашингтон ускорить поставки вакцины компании Pfizer.|попросил|REQUEST:assist|diplomatic/||humanitarian
Токио отклонил требование Сеула выплатить компенсации жертвам принудительного труда.|отклонил|REJECT|diplomatic/||legal
Лондон поблагодарил Польшу за прием украинских беженцев.|поблагодарил|SUPPORT|/||humanitarian
Министры обороны Швеции и Финляндии договорились о регулярных консультациях.|договорились|AGREE|/|military;defence_minister|military/agreement
Россия и Пакистан впервые провели в горах Карачаево-Черкесии учения спецназа.|учения|COOPERATE|military/exercise|military|military/exercise
Париж осудил решение Анкары направить военных в Ливию.|осудил|ACCUSE|diplomatic/||military/operation
США согласились разместить в Польше штаб своего пятого корпуса.|согласились|AGREE|/||military/basing
Украина и Британия договорились о строительстве ракетных катеров.|договорились|AGREE|/||military/arms_industry
Премьер-министр Чехии выразил соболезнования Турции в связи с гибелью шахтеров.|соболезнования|SUPPORT|diplomatic/|government|diplomatic
Пекин потребовал от Канады немедленно освободить финансового директора Huawei.|потребовал|REQUEST:yield|diplomatic/||legal
Президенты Казахстана и Киргизии обсудили ситуацию на границе.|обсудили|CONSULT:meet|/contact|government;head_of_state|territory
Киев ввел санкции против российских артистов, выступавших в Крыму.|санкции|SANCTION|economic/||economic
Дания отказала «Газпрому» в разрешении на прокладку трубы через свои воды.|отказала|REJECT|diplomatic/|company|energy
Болгария выслала двух российских дипломатов, подозреваемых в шпионаже.|выслала|SANCTION:expel|diplomatic/||diplomatic
Генсек НАТО обсудил с президентом Грузии ход реформы вооруженных сил.|обсудил|CONSULT:meet|/contact|government|military/standards_science
Эстония обвинила Россию в нарушении воздушного пространства вертолетом пограничной службы.|обвинила|ACCUSE|diplomatic/||military/operation
Израиль предупредил Ливан, что ответит на обстрелы ударами по Бейруту.|предупредил|THREATEN:violence|military/||military/operation
Азербайджан обратился к Турции за помощью в тушении лесных пожаров.|обратился|REQUEST:assist|diplomatic/||humanitarian
Сербия отказалась присоединиться к санкциям Евросоюза против Москвы.|отказалась|REJECT|diplomatic/||economic
Германия передаст Украине зенитные установки Gepard.|передаст|AGREE|/||military/arms_industry
Румыния и США подписали соглашение о размещении элементов ПРО на базе в Девеселу.|подписали|AGREE|/agreement||military/basing
Армия Индии обвинила пакистанские спецслужбы в подготовке теракта в Пулваме.|обвинила|ACCUSE|diplomatic/|military,security|military/operation
Путин поздравил Лукашенко с годовщиной освобождения Белоруссии от немецко-фашистских захватчиков.|поздравил|SUPPORT|/|government|diplomatic
Президент Молдавии потребовал вывести российских военных из Приднестровья.|потребовал|REQUEST:yield|diplomatic/|government|military
Великобритания пообещала Украине поддержку в восстановлении Чернигова.|пообещала|AGREE|/||economic
Вьетнам заявил протест в связи с китайскими маневрами у Парасельских островов.|протест|ACCUSE|diplomatic/||military/exercise
Лукашенко упрекнул Россию в завышении цен на нефть накануне военного парада.|упрекнул|ACCUSE|diplomatic/|government|energy
Казахстан примет участие в строительстве транспортного коридора через Иран.|примет|AGREE|/||economic
""".strip().splitlines()  # noqa: E501

SIXTH = """
Командующий ВМС Ирана предупредил США о последствиях новых санкций.|предупредил|THREATEN|diplomatic/|military,government;,|economic
Берлин призвал Пекин прекратить преследование уйгуров и допустить наблюдателей ООН.|призвал|REQUEST:change|diplomatic/||diplomatic
Украина обвинила Венгрию в раздаче паспортов жителям Закарпатья.|обвинила|ACCUSE|diplomatic/||legal
Армения отказалась участвовать в учениях ОДКБ «Нерушимое братство».|отказалась|REJECT|diplomatic/||military/exercise
Саудовская Аравия отозвала посла из Канады и заморозила торговые сделки.|отозвала|SANCTION:withdraw|diplomatic/||diplomatic
Еврокомиссия предложила Киеву посредничество на переговорах с «Газпромом» о транзите.|предложила|AGREE|diplomatic/||energy
США пригрозили Турции исключением из программы F-35 из-за покупки российских систем С-400.|пригрозили|THREATEN|diplomatic/||military/arms_industry
Латвия запретила вещание российского телеканала, сославшись на разжигание ненависти.|запретила|SANCTION:discontinue|economic/|government,media|culture_education
Премьер Пакистана призвал мировое сообщество признать правительство Афганистана и разморозить его активы.|призвал|REQUEST|diplomatic/||economic
Австралия ввела санкции в отношении семи россиян, причастных к аресту моряков в Керченском проливе.|санкции|SANCTION|economic/||economic
Китай поддержал инициативу России по урегулированию на Украине.|поддержал|SUPPORT|/||diplomatic
Азербайджан осудил визит французских депутатов в Нагорный Карабах.|осудил|ACCUSE|diplomatic/|government,legislature|diplomatic
Глава Пентагона и министр обороны Индии провели телефонный разговор.|разговор|CONSULT:phone|/contact|military,military;defence_minister,defence_minister|military/contact
Индия и Шри-Ланка договорились о выдаче рыбаков, задержанных у побережья.|договорились|AGREE|/||legal
Россия потребовала от Чехии объяснений из-за сноса памятника маршалу Коневу.|потребовала|REQUEST:change|diplomatic/||culture_education
Венесуэла разорвала дипломатические отношения с Колумбией на фоне спора о гуманитарной помощи.|разорвала|SANCTION:withdraw|diplomatic/||diplomatic
Норвегия передаст Литве две батареи зенитных комплексов NASAMS.|передаст|AGREE|/||military/arms_industry
Тегеран пригрозил перекрыть экспорт нефти соседей через Персидский залив.|пригрозил|THREATEN|diplomatic/||energy
Испания экстрадирует в США россиянина, обвиняемого в создании вирусов.|экстрадирует|AGREE|legal/||legal
Монголия попросила Россию увеличить поставки дизельного топлива.|попросила|REQUEST:assist|diplomatic/||energy
Дамаск обвинил Израиль в ракетном ударе по аэропорту.|обвинил|ACCUSE|diplomatic/||military/operation
Канада обучит еще двести украинских сержантов.|обучит|AGREE|military/training_education||military/training_education
Франция поблагодарила Алжир за помощь в освобождении заложников.|поблагодарила|SUPPORT|/||legal
Южная Корея и США отложили ежегодные военные маневры ради диалога с Пхеньяном.|отложили|REJECT|/||military/exercise
Анкара отвергла обвинения Афин в провоцировании миграционного кризиса.|отвергла|REJECT|diplomatic/||humanitarian
Великобритания обвинила ГРУ в кибератаках на олимпийские объекты.|обвинила|ACCUSE|diplomatic/|government,military|intelligence_cyber
Белоруссия договорилась с Россией о рефинансировании долга.|договорилась|AGREE|/||economic
Болгария попросила Японию поделиться опытом защиты от землетрясений.|попросила|REQUEST:assist|diplomatic/||humanitarian
Узбекистан выразил признательность Турции за поддержку вступления в ВТО.|признательность|SUPPORT|/||economic
Министр обороны Израиля призвал Европу отказаться от ядерной сделки с Ираном.|призвал|REQUEST:change|diplomatic/|military;defence_minister,|diplomatic
Перу и Чили передали спор о морской границе в Гаагу.|передали|COOPERATE|/||territory
Япония выразила протест Москве в связи с размещением ракет на Курилах.|протест|ACCUSE|diplomatic/||military/basing
Грузинские пограничники задержали гражданина Ирана с поддельными документами.|задержали|COERCE:arrest|legal/|security|legal
Египет согласился открыть для России центр логистики на базе в Сиди-Баррани.|согласился|AGREE|/||military/basing
Литва призвала ЕС ужесточить санкции против Минска после посадки самолета.|призвала|REQUEST|diplomatic/||economic
Таджикистан принял на учебу сто афганских студентов.|принял|AID|/||culture_education
Польша и Украина обсудили эксгумацию жертв Волынской резни.|обсудили|CONSULT:meet|/contact||culture_education
Министерство торговли Китая пригрозило США ответными мерами в случае повышения пошлин.|пригрозило|THREATEN|diplomatic/||economic
Турецкие ВВС и пакистанские летчики завершили совместную тренировку.|тренировку|COOPERATE|military/exercise|military|military/exercise
Киргизия потребовала от Таджикистана отвести войска от водозабора.|потребовала|REQUEST:yield|diplomatic/||military/operation
""".strip().splitlines()  # noqa: E501

SEVENTH = """
Министр внутренних дел Италии обвинил Мальту в отказе принять судно с мигрантами.|обвинил|ACCUSE|diplomatic/|government;minister,|humanitarian
Москва потребовала от Вашингтона вернуть дипломатическую собственность.|потребовала|REQUEST:yield|diplomatic/||diplomatic
Генерал Бундесвера предупредил Россию о готовности НАТО защищать Балтию.|предупредил|THREATEN|diplomatic/|military,government|military
Замглавы Минэнерго России обсудил с коллегами из Китая строительство второй нитки «Силы Сибири».|обсудил|CONSULT:meet|/contact|government|energy
Бразилия отказалась признать итоги выборов в Венесуэле.|отказалась|REJECT|diplomatic/||diplomatic
Эквадор лишил Ассанжа убежища и передал его британской полиции.|передал|COOPERATE|legal/||legal
США сняли запрет на поставки оружия Вьетнаму.|сняли|RETREAT:access|economic/||military/arms_industry
Совбез ООН ужесточил санкции против КНДР после испытания ракеты.|санкции|SANCTION|economic/||economic
Россия осудила убийство своего посла в Анкаре и попросила Турцию найти заказчиков.|попросила|REQUEST:assist|diplomatic/||legal
Греция подняла истребители на перехват турецких самолетов над Эгейским морем.|подняла|MOBILIZE:weapons|military/operation|military|military/operation
Президент Туркмении пообещал Афганистану построить больницу и мечеть.|пообещал|AGREE|/|government|humanitarian
Казахстан и ЕС подписали соглашение об упрощении выдачи виз.|подписали|AGREE|/agreement||diplomatic
Вице-премьер Украины призвала Польшу осудить осквернение могил.|призвала|REQUEST|diplomatic/||culture_education
Дональд Трамп обвинил Китай в манипулировании курсом юаня.|обвинил|ACCUSE|diplomatic/|government;head_of_state,|economic
Командующие флотами России и Китая провели переговоры во Владивостоке.|переговоры|CONSULT:meet|/contact|military|military/contact
Парламент Нидерландов призвал правительство добиваться от России выплат семьям погибших в катастрофе MH17.|призвал|REQUEST|diplomatic/|legislature|legal
Бахрейн и Израиль договорились о взаимном открытии посольств.|договорились|AGREE|/||diplomatic
Армянская сторона опровергла обвинения Баку в обстреле Гянджи.|опровергла|REJECT|diplomatic/||military/operation
Армения попросила Россию о военной помощи в рамках договора ОДКБ.|попросила|REQUEST:assist|diplomatic/||military
Британия предложит убежище тремстам тысячам жителей Гонконга вопреки протестам Пекина.|предложит|AGREE|/||humanitarian
Индия запретила импорт пальмового масла из Малайзии после слов ее премьера о Кашмире.|запретила|SANCTION:discontinue|economic/||economic
Словакия передумала покупать у России «Спутник V».|передумала|REJECT|diplomatic/||humanitarian
Вашингтон предоставит Эстонии 25 миллионов долларов на кибербезопасность.|предоставит|AGREE|/||intelligence_cyber
НАТО и Украина договорились обмениваться данными радиолокационной разведки.|договорились|AGREE|/||military/intelligence
Сирия разрешила России бессрочно использовать авиабазу Хмеймим.|разрешила|COOPERATE|/||military/basing
Япония поддержала США в вопросе о свободе судоходства в Южно-Китайском море.|поддержала|SUPPORT|/||territory
Чили обвинило Боливию в изменении русла реки Силала.|обвинило|ACCUSE|diplomatic/||other
Ереван и Тегеран подписали меморандум о поставках электроэнергии в обмен на газ.|меморандум|AGREE|/agreement||energy
Россия отвергла причастность к отравлению Скрипалей и предложила Лондону совместное расследование.|отвергла|REJECT|diplomatic/||intelligence_cyber
Косово ввело стопроцентные пошлины на сербские товары в ответ на кампанию по отзыву признания.|ввело|SANCTION|economic/||economic
Туркменистан прекратил подачу газа Ирану из-за долгов.|прекратил|SANCTION:discontinue|economic/||energy
Молдавия объявила персонами нон грата пятерых сотрудников посольства России, завербовавших боевиков.|объявила|SANCTION:expel|diplomatic/||diplomatic
США предложили награду за сведения о российских хакерах.|предложили|ACCUSE|diplomatic/||intelligence_cyber
Премьер Грузии заверил Азербайджан в поддержке его территориальной целостности.|заверил|SUPPORT|/|government|territory
Папа Римский призвал Россию и Украину объявить рождественское перемирие.|призвал|REQUEST|diplomatic/||military/operation
Китайский банк предоставил Белоруссии кредит на модернизацию цементного завода.|предоставил|AID|economic/|company,government|economic
Черногория поддержала санкции Евросоюза против России.|поддержала|SUPPORT|/||economic
Вьетнам и Камбоджа завершили демаркацию восьмидесяти процентов границы.|демаркацию|COOPERATE|/||territory
Литва призвала отключить Белорусскую АЭС от общей сети и не покупать ее ток.|призвала|REQUEST|diplomatic/||energy
Финляндия направит инструкторов для обучения украинских саперов.|направит|AGREE|/||military/training_education
""".strip().splitlines()  # noqa: E501


SETS = [*FIRST, *SECOND, *THIRD, *UNSEEN, *FIFTH, *SIXTH, *SEVENTH]


@cache
def parses() -> dict[str, list[Parse]]:
    from detente.lang.ru.parser import RussianParser

    sentences = [case.split("|")[0] for case in SETS]
    return dict(zip(sentences, RussianParser().parse(sentences), strict=True))


@cache
def topics() -> Topics:
    return Topics("ru")


def judged(case: str) -> tuple[str, str | None]:
    sentence, trigger, act, entry, parties, _ = case.split("|")
    for parse in parses()[sentence]:
        for token in parse.tokens:
            if token.text == trigger:
                type_, _, mode = act.partition(":")
                domain, _, aspect = entry.partition("/")
                sectors, _, offices = parties.partition(";")
                tree = Tree(parse)
                return topics().judge(
                    tree, topics().scan(tree), token.index, type_, mode or None, domain or None, aspect or None,
                    [sector for sector in sectors.split(",") if sector], [each for each in offices.split(",") if each],
                )  # fmt: skip
    raise AssertionError(f"no {trigger!r} in {sentence!r}")


def accuracy(cases: list[str]) -> tuple[float, float]:
    """Share of right domains, and of right aspects among the military cases that expect one."""
    domains, aspects = [], []
    for case in cases:
        domain, aspect = judged(case)
        expected, _, part = case.split("|")[-1].partition("/")
        domains.append(domain == expected)
        if part:
            aspects.append(domain == expected and aspect == part)
    return sum(domains) / len(domains), sum(aspects) / len(aspects)


@pytest.mark.parametrize(
    ("cases", "domain", "aspect"),
    [
        (FIRST, 0.97, 0.90),
        (SECOND, 0.93, 0.86),
        (THIRD, 0.93, 0.80),
        (UNSEEN, 0.90, 0.80),
        (FIFTH, 0.90, 0.85),
        (SIXTH, 0.85, 0.80),
        (SEVENTH, 0.90, 0.75),
    ],
    ids=["first", "second", "third", "unseen", "fifth", "sixth", "seventh"],
)
def test_accuracy(cases: list[str], domain: float, aspect: float) -> None:
    right, fine = accuracy(cases)
    assert right >= domain
    assert fine >= aspect


def test_table_covers_every_domain_and_aspect() -> None:
    table = load_topics("ru")
    found = [topic for each in table.phrases.values() for _, topic in each]
    found += [*table.prefixes.values(), *table.capital.values()]
    assert len(found) >= 900
    assert {topic.domain for topic in found} == set(DOMAINS)
    assert {topic.aspect for topic in found if topic.aspect} == set(ASPECTS)


def _judge(sentence: str, trigger: str, type_: str, **known: object) -> tuple[str, str | None]:
    from detente.lang.ru.parser import RussianParser

    tree = Tree(RussianParser().parse([sentence])[0][0])
    index = next(token.index for token in tree.tokens if token.text == trigger)
    return topics().judge(
        tree, topics().scan(tree), index, type_, None, known.get("domain"), None, known.get("sectors", ()), ()  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_subject_in_another_clause_says_little() -> None:
    sentence = "Канцлер поздравила президента Турции с избранием, а Анкара тем временем закупает ракеты."
    assert _judge(sentence, "поздравила", "SUPPORT")[0] == "diplomatic"


def test_army_as_party_speaks_for_military() -> None:
    sentence = "Представители Турции и Казахстана встретились в Анкаре."
    assert _judge(sentence, "встретились", "CONSULT")[0] == "diplomatic"
    assert _judge(sentence, "встретились", "CONSULT", sectors=("military",)) == ("military", "contact")


def test_three_subjects_are_an_agenda() -> None:
    sentence = "Стороны обсудили торговлю, энергетику и образование."
    assert _judge(sentence, "обсудили", "CONSULT")[0] == "diplomatic"


def test_longest_phrase_hides_its_words_and_passes_adjectives() -> None:
    from detente.lang.ru.parser import RussianParser

    tree = Tree(RussianParser().parse(["Москва объявила о выводе российских войск и о продаже газа."])[0][0])
    hits = [(hit.start, hit.stop, hit.topic.aspect or hit.topic.domain) for hit in topics().scan(tree).hits]
    assert hits == [(3, 6, "operation"), (8, 9, "economic"), (9, 10, "energy")]


@pytest.mark.parametrize(
    "line",
    ["x,politics,,1", "x,energy,exercise,1", "x,military,war,1", "x,energy,,5", ",energy,,1", "x,energy,1"],
)
def test_bad_lines_are_named(line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "data").mkdir()
    (folder / "data" / "topics.csv").write_text(f"lemma,domain,aspect,weight\n{line}\n", encoding="utf-8")
    monkeypatch.setattr("detente.code.topic.resources.files", lambda _: folder)
    with pytest.raises(DataError, match=r"topics\.csv:2"):
        load_topics.__wrapped__("ru")


def test_speed() -> None:
    trees = [Tree(parse) for found in parses().values() for parse in found]
    topics().scan(trees[0])
    start = time.perf_counter()
    for tree in trees:
        topics().judge(tree, topics().scan(tree), 0, "CONSULT", None, None, None, ("government",), (None,))
    # 0.1 ms is the aim on a free core; the test leaves room for a busy one
    assert (time.perf_counter() - start) / len(trees) < 5e-4
